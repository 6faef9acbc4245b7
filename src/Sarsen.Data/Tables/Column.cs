using System.Collections;
using Sarsen.Tensors;

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

    /// <summary>The given rows, in the given order, as a new column.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    private protected BitArray? TakeMissing(ReadOnlySpan<int> rows)
    {
        if (Missing is null)
            return null;
        var taken = new BitArray(rows.Length);
        for (int i = 0; i < rows.Length; i++)
            taken[i] = Missing[rows[i]];
        return taken.HasAnySet() ? taken : null;
    }
}

/// <summary>A column whose rows each hold one <typeparamref name="T"/>: double, long (Integer and Time), bool or string.</summary>
public sealed class Column<T>(ColumnInfo info, T[] values, BitArray? missing = null) : Column(info, values.Length, missing)
{
    public T[] Values { get; } = values;

    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new T[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            taken[i] = Values[rows[i]];
        return new Column<T>(Info, taken, TakeMissing(rows));
    }
}

/// <summary>A column of equally shaped tensors, row after row in one array of bytes.</summary>
public sealed class ArrayColumn(ColumnInfo info, byte[] bytes, int count, BitArray? missing = null) : Column(info, count, missing)
{
    public byte[] Bytes { get; } = bytes;

    /// <summary>Bytes of one row.</summary>
    public int RowBytes { get; } = checked((int)(info.ElementShape.Count * info.ElementType.Size()));

    /// <summary>One row's elements.</summary>
    public ReadOnlySpan<byte> Row(int row) => Bytes.AsSpan(checked(row * RowBytes), RowBytes);

    public override Column Take(ReadOnlySpan<int> rows)
    {
        byte[] taken = new byte[checked(rows.Length * RowBytes)];
        for (int i = 0; i < rows.Length; i++)
            Row(rows[i]).CopyTo(taken.AsSpan(i * RowBytes));
        return new ArrayColumn(Info, taken, rows.Length, TakeMissing(rows));
    }
}
