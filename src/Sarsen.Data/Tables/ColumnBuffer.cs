using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Sarsen.Data.Tables;

/// <summary>
/// Collects the values of one column for the next <see cref="RowBlock"/>. A row that turns out to be bad halfway is
/// left out by writing the next one over it: each row sets every column, to a value or to missing.
/// </summary>
internal abstract class ColumnBuffer(ColumnInfo info, int capacity)
{
    private BitArray? _missing;

    public ColumnInfo Info { get; } = info;

    public int Capacity { get; } = capacity;

    public virtual void SetMissing(int row) => (_missing ??= new BitArray(Capacity))[row] = true;

    /// <summary>The first rows as a column of a block; the buffer is then empty.</summary>
    public abstract Column Take(int count);

    protected void SetPresent(int row)
    {
        if (_missing is not null)
            _missing[row] = false;
    }

    protected BitArray? TakeMissing(int count)
    {
        BitArray? missing = _missing;
        _missing = null;
        if (missing is null)
            return null;
        missing.Length = count;
        return missing.HasAnySet() ? missing : null;
    }
}

/// <inheritdoc/>
[SuppressMessage("Naming", "CA1710", Justification = "a buffer, not a collection")]
internal sealed class ColumnBuffer<T>(ColumnInfo info, int capacity) : ColumnBuffer(info, capacity)
{
    private readonly T _filler = typeof(T) == typeof(string) ? (T)(object)"" : default!;
    private T[] _values = new T[capacity];

    public void Set(int row, T value)
    {
        _values[row] = value;
        SetPresent(row);
    }

    public override void SetMissing(int row)
    {
        _values[row] = _filler;
        base.SetMissing(row);
    }

    public override Column Take(int count)
    {
        T[] values = _values;
        if (count < values.Length)
            values = values[..count];
        else
            _values = new T[Capacity];
        return new Column<T>(Info, values, TakeMissing(count));
    }
}
