using System.Collections;

namespace Sarsen.Data.Tables;

/// <summary>
/// One column of a <see cref="RowBlock"/>. A missing value is marked in <see cref="Missing"/>, never by a special
/// value: NaN in the data is NaN, and a policy decides what becomes of it.
/// </summary>
public abstract class Column(ColumnInfo info, int count, BitArray? missing)
{
    public ColumnInfo Info { get; } = info;

    public int Count { get; } = count;

    /// <summary>True where a row has no value; null when every row has one.</summary>
    public BitArray? Missing { get; } = missing;

    public bool IsMissing(int row) => Missing is not null && Missing[row];
}

/// <summary>A column whose rows each hold one <typeparamref name="T"/>: double, long (Integer and Time), bool or string.</summary>
public sealed class Column<T>(ColumnInfo info, T[] values, BitArray? missing = null) : Column(info, values.Length, missing)
{
    public T[] Values { get; } = values;
}

/// <summary>A column of equally shaped tensors, row after row in one array of bytes.</summary>
public sealed class ArrayColumn(ColumnInfo info, byte[] bytes, int count, BitArray? missing = null) : Column(info, count, missing)
{
    public byte[] Bytes { get; } = bytes;
}
