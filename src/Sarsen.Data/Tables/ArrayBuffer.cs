using Sarsen.Tensors;

namespace Sarsen.Data.Tables;

/// <summary>Collects the tensors of an array column for the next <see cref="RowBlock"/>.</summary>
internal sealed class ArrayBuffer : ColumnBuffer
{
    private readonly int _rowBytes;
    private byte[] _bytes;

    public ArrayBuffer(ColumnInfo info, int capacity) : base(info, capacity)
    {
        _rowBytes = checked((int)(info.ElementShape.Count * info.ElementType.Size()));
        _bytes = new byte[(long)_rowBytes * capacity];
    }

    /// <summary>The bytes of a row's tensor, to be filled in whole.</summary>
    public Span<byte> Row(int row)
    {
        SetPresent(row);
        return _bytes.AsSpan(row * _rowBytes, _rowBytes);
    }

    public override void SetMissing(int row)
    {
        Row(row).Clear();
        base.SetMissing(row);
    }

    public override Column Take(int count)
    {
        byte[] bytes = _bytes;
        if (count < Capacity)
            bytes = bytes[..(count * _rowBytes)];
        else
            _bytes = new byte[bytes.Length];
        return new ArrayColumn(Info, bytes, count, TakeMissing(count));
    }
}
