using System.Globalization;
using System.Text;

namespace Sarsen.Training.Metrics;

/// <summary>Reports as plain text in columns.</summary>
internal static class EvaluationText
{
    private const int LargestMatrix = 20;

    public static string Of(EvaluationReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{report.Samples} samples\n\n");
        AppendTable(text, [["metric", "value"], .. report.Metrics.Select(m => new[] { m.Name, m.Undefined is { } why ? $"undefined: {why}" : Number(m.Value) })], leftColumns: 2);
        if (report.Classes is { } classes)
        {
            text.Append('\n');
            AppendTable(text,
            [
                ["class", "precision", "recall", "f1", "support"],
                .. classes.Select(c => new[] { c.Label, Number(c.Precision), Number(c.Recall), Number(c.F1), Whole(c.Support) }),
            ]);
        }
        if (report is { Confusion: { Count: <= LargestMatrix } rows, Classes: { } labels })
        {
            text.Append("\nrows: true class, columns: predicted class\n");
            AppendTable(text,
            [
                ["", .. labels.Select(c => c.Label)],
                .. rows.Select((row, r) => (string[])[labels[r].Label, .. row.Select(Whole)]),
            ]);
        }
        return text.ToString();
    }

    public static string Of(CrossValidationReport report)
    {
        var text = new StringBuilder();
        AppendTable(text,
        [
            ["metric", "mean", "deviation", .. report.Folds.Select(f => $"fold {f.Fold}")],
            .. report.Metrics.Select(m => (string[])[m.Name, Number(m.Mean), Number(m.Deviation), .. m.Values.Select(Number)]),
        ]);
        text.Append(CultureInfo.InvariantCulture, $"\ntask time {report.TaskSeconds:0.000} s, wall time {report.WallSeconds:0.000} s\n");
        return text.ToString();
    }

    private static void AppendTable(StringBuilder text, IReadOnlyList<string[]> rows, int leftColumns = 1)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select((cell, c) => c < leftColumns ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
    }

    private static string Number(double? value) => value switch
    {
        null => "-",
        { } v when v != 0 && (Math.Abs(v) < 1e-3 || Math.Abs(v) >= 1e6) => v.ToString("0.000e+00", CultureInfo.InvariantCulture),
        { } v => v.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
