using System.Globalization;
using Sarsen.Training.Runs;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>The layers of a network with what comes out of them and what they train.</summary>
internal static class ShapeTable
{
    public static void Write(IAnsiConsole console, RunOverview overview)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("layer", "", "output")
            .AddColumn(new TableColumn("parameters").RightAligned());
        table.AddRow("", "input", Shape(overview.Input.Prepend(-1)), "");
        foreach (LayerRow row in overview.Layers)
            table.AddRow(Markup.Escape(row.Path), Markup.Escape(row.Kind), Shape(row.Output), row.Parameters == 0 ? "" : Number(row.Parameters));
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Number(overview.Parameters)} parameters, {Bytes(overview.PeakBytes)} at most while training"));
        console.WriteLine($"{Number(overview.TrainingSamples)} samples train, {Number(overview.ValidationSamples)} validate, {Number(overview.TestSamples)} test; {Number(overview.StepsPerEpoch)} steps an epoch");
        console.WriteLine();
    }

    private static string Shape(IEnumerable<long> sizes) => $"({string.Join(", ", sizes.Select(s => s < 0 ? "N" : s.ToString(CultureInfo.InvariantCulture)))})";

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };
}
