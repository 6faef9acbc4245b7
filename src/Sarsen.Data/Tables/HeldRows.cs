namespace Sarsen.Data.Tables;

/// <summary>Keeps the rows of a small source in memory, so that every pass after the first costs nothing.</summary>
internal static class HeldRows
{
    /// <summary>The rows in memory, or the source itself where they would take more than <paramref name="bytes"/>.</summary>
    public static IRowSource Of(IRowSource rows, long bytes, CancellationToken stop)
    {
        if (rows is MemoryRows)
            return rows;
        var blocks = new List<RowBlock>();
        foreach (RowBlock block in rows.Read(stop))
        {
            bytes -= block.Columns.Sum(Bytes);
            if (bytes < 0)
                return rows;
            blocks.Add(block);
        }
        return new MemoryRows(rows.Schema, blocks);
    }

    private static long Bytes(Column column) => column switch
    {
        Column<string> texts => texts.Values.Sum(t => 30L + 2 * t.Length), // header, reference, UTF-16
        ArrayColumn arrays => arrays.Bytes.LongLength,
        Column<bool> booleans => booleans.Count,
        _ => 8L * column.Count,
    };
}
