using System.Runtime.InteropServices;
using Sarsen.Tensors;

namespace Sarsen.Data.Tables;

/// <summary>Rows that are held in memory.</summary>
public sealed class MemoryRows : IRowSource
{
    private readonly IReadOnlyList<RowBlock> _blocks;

    /// <param name="schema">The columns.</param>
    /// <param name="blocks">The rows, all of that schema, in order.</param>
    public MemoryRows(Schema schema, IReadOnlyList<RowBlock> blocks) => (Schema, _blocks) = (schema, blocks);

    /// <param name="columns">All of one length.</param>
    /// <exception cref="ArgumentException">Lengths differ, or two columns have one name.</exception>
    public MemoryRows(params IReadOnlyList<Column> columns)
    {
        if (columns.FirstOrDefault(c => c.Count != columns[0].Count) is { } odd)
            throw new ArgumentException($"column '{odd.Info.Name}' has {odd.Count} rows, '{columns[0].Info.Name}' has {columns[0].Count}", nameof(columns));
        Schema = new Schema([.. columns.Select(c => c.Info)]);
        _blocks = [new RowBlock(Schema, columns, 0)];
    }

    public Schema Schema { get; }

    public IEnumerable<RowBlock> Read(CancellationToken stop)
    {
        foreach (RowBlock block in _blocks)
        {
            stop.ThrowIfCancellationRequested();
            yield return block;
        }
    }

    /// <summary>A column of numbers.</summary>
    public static Column Numbers(string name, params double[] values) => new Column<double>(new ColumnInfo(name, ColumnType.Number), values);

    /// <summary>A column of numbers, some missing.</summary>
    public static Column Numbers(string name, params double?[] values) =>
        new Column<double>(new ColumnInfo(name, ColumnType.Number), [.. values.Select(v => v ?? 0)], Gaps(values, v => v is null));

    /// <summary>A column of whole numbers.</summary>
    public static Column Integers(string name, params long[] values) => new Column<long>(new ColumnInfo(name, ColumnType.Integer), values);

    public static Column Booleans(string name, params bool[] values) => new Column<bool>(new ColumnInfo(name, ColumnType.Boolean), values);

    /// <summary>A column of texts; null is missing.</summary>
    public static Column Texts(string name, params string?[] values) =>
        new Column<string>(new ColumnInfo(name, ColumnType.Text), [.. values.Select(v => v ?? "")], Gaps(values, v => v is null));

    /// <summary>A column of moments, in Unix milliseconds.</summary>
    public static Column Times(string name, params long[] values) => new Column<long>(new ColumnInfo(name, ColumnType.Time), values);

    /// <summary>A column of tensors of one shape: F32 for float, U8 for byte.</summary>
    public static Column Arrays<T>(string name, Shape shape, params T[] values) where T : unmanaged =>
        new ArrayColumn(new ColumnInfo(name, ColumnType.Array, shape, DTypes.Of<T>()), MemoryMarshal.AsBytes(values.AsSpan()).ToArray(), checked((int)(values.Length / shape.Count)));

    private static System.Collections.BitArray? Gaps<T>(T[] values, Predicate<T> missing)
    {
        var gaps = new System.Collections.BitArray(Array.ConvertAll(values, v => missing(v)));
        return gaps.HasAnySet() ? gaps : null;
    }
}
