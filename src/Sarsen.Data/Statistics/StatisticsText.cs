using System.Globalization;
using System.Text;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Statistics;

/// <summary>
/// Statistics as plain text: a line for each column with name, type, missing and distinct values, and what its type
/// has. What is estimated and not counted bears a ~.
/// </summary>
internal static class StatisticsText
{
    private const int LongestWord = 24;

    private static readonly string[] Head = ["column", "type", "missing", "distinct", "values"];

    public static string Write(DataStatistics statistics)
    {
        string[][] cells = [Head, .. statistics.Columns.Select(c => Cells(c, statistics.Rows))];
        int[] widths = [.. Enumerable.Range(0, Head.Length).Select(i => cells.Max(row => row[i].Length))];
        var text = new StringBuilder(statistics.BadRows.Good == 0 && statistics.BadRows.Bad == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{statistics.Rows} rows")
            : statistics.BadRows.ToString());
        text.Append('\n');
        foreach (string[] row in cells)
        {
            var line = new StringBuilder("  ");
            for (int i = 0; i < row.Length; i++)
                line.Append(i is 2 or 3 ? row[i].PadLeft(widths[i]) : row[i].PadRight(widths[i])).Append("  ");
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    private static string[] Cells(ColumnStatistics column, long rows) =>
    [
        Cut(column.Name),
        Type(column),
        column.Missing == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{column.Missing} ({100.0 * column.Missing / rows:0.#} %)"),
        column.Distinct is { } distinct ? (distinct.Exact ? "" : "~") + distinct.Count.ToString(CultureInfo.InvariantCulture) : "",
        string.Join("; ", Parts(column).Where(p => p.Length > 0)),
    ];

    private static string Type(ColumnStatistics column)
    {
        string type = column.Type.ToString().ToLowerInvariant();
        return column.Arrays is { } a ? $"{type} ({string.Join(", ", a.Shape)}) {a.ElementType.ToString().ToLowerInvariant()}" : type;
    }

    private static IEnumerable<string> Parts(ColumnStatistics column)
    {
        if (column.Numbers is { Mean: not null } n)
        {
            yield return $"{Number(n.Min)} … {Number(n.Max)}, mean {Number(n.Mean)}" + Deviation(n.StandardDeviation);
            if (n.Quartiles is { } q)
                yield return $"quartiles {(q.Exact ? "" : "~")}{Number(q.Low)}, {Number(q.Median)}, {Number(q.High)}";
        }
        if (column.Times is { } t)
            yield return string.Create(CultureInfo.InvariantCulture, $"{t.Earliest.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFZ} … {t.Latest.UtcDateTime:yyyy-MM-ddTHH:mm:ss.FFFZ}");
        if (column.Texts is { } s)
            yield return string.Create(CultureInfo.InvariantCulture, $"{s.Shortest} to {s.Longest} characters, mean {s.MeanLength:0.#}");
        if (column.Arrays is { Mean: not null } a)
            yield return $"{Number(a.Min)} … {Number(a.Max)}, mean {Number(a.Mean)}" + Deviation(a.StandardDeviation);
        if ((column.Numbers?.NonFinite ?? column.Arrays?.NonFinite ?? 0) is > 0 and var odd)
            yield return string.Create(CultureInfo.InvariantCulture, $"{odd} NaN or infinite");
        if (column.Frequent is { } top && IsCategory(column, top))
            yield return Top(column, top);
    }

    // Values that hardly repeat say nothing by their counts.
    private static bool IsCategory(ColumnStatistics column, MostFrequent top) =>
        top.Values.Count > 0 && top.Values[0].Count > 1 && (column.Type is not ColumnType.Integer || column.Distinct!.Count <= 20);

    private static string Top(ColumnStatistics column, MostFrequent top)
    {
        string values = string.Join(", ", top.Values.Take(5).Select(v => string.Create(CultureInfo.InvariantCulture, $"{Cut(v.Value)} {(top.Error > 0 ? "~" : "")}{v.Count}")));
        return column.Distinct!.Count > 5 ? values + ", …" : values;
    }

    private static string Deviation(double? value) => value is null ? "" : $" ± {Number(value)}";

    private static string Number(double? value) => value!.Value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Cut(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= LongestWord ? line : line[..(LongestWord - 1)] + "…";
    }
}
