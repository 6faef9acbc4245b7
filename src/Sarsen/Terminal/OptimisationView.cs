using System.Globalization;
using Sarsen.Training.Optimisation;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>What an optimisation gained and lost, as one table.</summary>
internal static class OptimisationView
{
    public static void Write(IAnsiConsole console, OptimisationReport report)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (string name in new[] { "before", "after", "change" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (OptimisationRow row in report.Rows)
            table.AddRow(Markup.Escape(row.Name), Value(row, row.Before), Value(row, row.After), Change(row));
        console.Write(table);
        if (report.To == WeightFormat.Int8)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{report.Products} products compute in int8, their inputs in {(report.Calibrated ? "the range of the calibration data" : "each sample's own range")}"));
        }
        if (report.Model is { } model)
            console.WriteLine($"the new model is {model}");
    }

    private static string Value(OptimisationRow row, double? value) => (row.Unit, value) switch
    {
        (_, null) => "-",
        ("bytes", { } bytes) => ShapeTable.Bytes((long)bytes),
        ("µs", { } time) => string.Create(CultureInfo.InvariantCulture, $"{time:0.0} µs"),
        (_, { } metric) => metric.ToString("0.0000##", CultureInfo.InvariantCulture),
    };

    private static string Change(OptimisationRow row)
    {
        if (row is not { Before: { } before, After: { } after } || before == 0)
            return "-";
        return row.Unit.Length > 0
            ? string.Create(CultureInfo.InvariantCulture, $"× {after / before:0.00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(after - before) / Math.Abs(before) * 100:+0.00;-0.00;0.00} %");
    }
}
