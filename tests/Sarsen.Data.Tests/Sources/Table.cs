using System.Globalization;
using Sarsen.Data.Sources;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Sources;

/// <summary>A source read to the end, its values as text: « — » for missing.</summary>
public sealed record Table(IRowSource Source, IReadOnlyList<string> Types, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public const string Missing = "—";

    public static Table Of(DataSource source, SourceContext? context = null) => Of(source.Open(context ?? new SourceContext()));

    public static Table Of(IRowSource rows)
    {
        var all = new List<IReadOnlyList<string>>();
        foreach (RowBlock block in rows.Read(CancellationToken.None))
        {
            block.FirstRow.ShouldBe(all.Count);
            block.Columns.ShouldAllBe(c => c.Count == block.Count);
            for (int row = 0; row < block.Count; row++)
                all.Add([.. block.Columns.Select(c => Text(c, row))]);
        }
        return new Table(rows, [.. rows.Schema.Columns.Select(c => $"{c.Name}:{c.Type}")], all);
    }

    public IReadOnlyList<string> this[string column]
    {
        get
        {
            int i = Source.Schema.IndexOf(column);
            i.ShouldBeGreaterThanOrEqualTo(0);
            return [.. Rows.Select(r => r[i])];
        }
    }

    public string All => string.Join(" | ", Rows.Select(r => string.Join(",", r)));

    private static string Text(Column column, int row) => column.IsMissing(row) ? Missing : column switch
    {
        Column<double> numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        Column<long> { Info.Type: ColumnType.Time } times => DateTimeOffset.FromUnixTimeMilliseconds(times.Values[row]).ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture),
        Column<long> integers => integers.Values[row].ToString(CultureInfo.InvariantCulture),
        Column<bool> truths => truths.Values[row] ? "true" : "false",
        Column<string> texts => texts.Values[row],
        ArrayColumn arrays => Convert.ToHexString(arrays.Bytes.AsSpan(row * (arrays.Bytes.Length / arrays.Count), arrays.Bytes.Length / arrays.Count)),
        _ => throw new InvalidOperationException($"{column.GetType()}"),
    };
}
