using System.Globalization;
using Sarsen.Training.Metrics;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>An evaluation as tables: metrics, precision and recall a class, the confusion matrix.</summary>
internal static class ReportView
{
    private const int LargestMatrix = 20;

    public static void Write(IAnsiConsole console, EvaluationReport report, string part)
    {
        console.MarkupLineInterpolated($"[bold]{part}[/]: {report.Samples} samples");
        Table metrics = new Table().Border(TableBorder.Simple).AddColumn("metric").AddColumn(new TableColumn("value").RightAligned());
        foreach (MetricResult metric in report.Metrics)
            metrics.AddRow(metric.Name, metric.Undefined is { } why ? Markup.Escape($"undefined: {why}") : Number(metric.Value));
        console.Write(metrics);
        if (report.Classes is { Count: <= LargestMatrix } classes)
            console.Write(Classes(classes));
        if (report is { Confusion: { Count: <= LargestMatrix } confusion, Classes: { } labels })
            console.Write(Confusion(confusion, labels));
    }

    private static Table Classes(IReadOnlyList<ClassRow> classes)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("class");
        foreach (string name in new[] { "precision", "recall", "f1", "support" })
            table.AddColumn(new TableColumn(name).RightAligned());
        foreach (ClassRow row in classes)
            table.AddRow(Markup.Escape(row.Label), Number(row.Precision), Number(row.Recall), Number(row.F1), row.Support.ToString(CultureInfo.InvariantCulture));
        return table;
    }

    // Right answers stand on the diagonal, in green; wrong ones in red.
    private static Table Confusion(IReadOnlyList<IReadOnlyList<long>> confusion, IReadOnlyList<ClassRow> labels)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumn("true \\ predicted");
        foreach (ClassRow label in labels)
            table.AddColumn(new TableColumn(Markup.Escape(label.Label)).RightAligned());
        for (int r = 0; r < confusion.Count; r++)
        {
            table.AddRow([Markup.Escape(labels[r].Label), .. confusion[r].Select((count, c) =>
                count == 0 ? "[grey]·[/]" : r == c ? $"[green]{count}[/]" : $"[red]{count}[/]")]);
        }
        return table;
    }

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";
}
