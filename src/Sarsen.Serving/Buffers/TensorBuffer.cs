using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Serving.Buffers;

/// <summary>
/// A named, typed, shaped stretch of bytes, row-major and little-endian, as the protocols carry it. Its memory is rented,
/// grows and never shrinks; it goes back with the <see cref="TensorBuffers"/> that it belongs to.
/// </summary>
public sealed class TensorBuffer
{
    public const int MaxRank = 8;

    /// <summary>Bytes of the length that stands before each element of <see cref="DataType.Bytes"/>.</summary>
    public const int LengthBytes = 4;

    private readonly long[] _shape = new long[MaxRank];
    private byte[] _bytes = [];
    private int _rank;
    private int _length;

    internal TensorBuffer(string name, DataType type) => (Name, Type) = (name, type);

    public string Name { get; }

    public DataType Type { get; }

    public ReadOnlySpan<long> Shape => _shape.AsSpan(0, _rank);

    /// <summary>The elements. Valid until the next <see cref="Reshape"/>, <see cref="Append"/> or disposal.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Elements, by the shape.</summary>
    public long Elements => Count(Shape);

    /// <summary>The elements as values of their type.</summary>
    /// <exception cref="InvalidOperationException">An element has another size than <typeparamref name="T"/>.</exception>
    public Span<T> As<T>() where T : unmanaged =>
        Unsafe.SizeOf<T>() == Type.Size()
            ? MemoryMarshal.Cast<byte, T>(Bytes)
            : throw new InvalidOperationException($"the elements of '{Name}' are {Type.WireName()}, not {typeof(T).Name}");

    /// <summary>
    /// Gives the tensor a shape, and memory for it whose content is undefined. A tensor of <see cref="DataType.Bytes"/>
    /// becomes empty, to be filled by <see cref="Append"/>.
    /// </summary>
    /// <exception cref="InputException">A negative dimension, too many, or more bytes than an array can hold.</exception>
    public void Reshape(params ReadOnlySpan<long> shape)
    {
        if (shape.Length > MaxRank)
            throw new InputException($"tensor '{Name}' has {shape.Length} dimensions, at most {MaxRank} are possible");
        int bytes = ByteCount(Name, Type, shape);
        shape.CopyTo(_shape);
        _rank = shape.Length;
        _length = 0;
        Reserve(bytes);
        _length = bytes;
    }

    /// <summary>Adds one element to a tensor of <see cref="DataType.Bytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> element)
    {
        Reserve(checked(_length + LengthBytes + element.Length));
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_length), element.Length);
        element.CopyTo(_bytes.AsSpan(_length + LengthBytes));
        _length += LengthBytes + element.Length;
    }

    /// <summary>Adds elements, each with its length before it, to a tensor of <see cref="DataType.Bytes"/>.</summary>
    public void AppendElements(ReadOnlySpan<byte> elements)
    {
        Reserve(checked(_length + elements.Length));
        elements.CopyTo(_bytes.AsSpan(_length));
        _length += elements.Length;
    }

    /// <summary>Takes the bytes that <paramref name="count"/> elements of <see cref="DataType.Bytes"/> occupy from the front of <paramref name="encoded"/>.</summary>
    /// <returns>The number of bytes, or -1 where the lengths run past the end.</returns>
    public static int EncodedLength(ReadOnlySpan<byte> encoded, long count)
    {
        int offset = 0;
        for (long i = 0; i < count; i++)
        {
            if (encoded.Length - offset < LengthBytes)
                return -1;
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(encoded[offset..]);
            offset += LengthBytes;
            if (length > (uint)(encoded.Length - offset))
                return -1;
            offset += (int)length;
        }
        return offset;
    }

    /// <summary>Bytes that a tensor occupies; 0 for <see cref="DataType.Bytes"/>.</summary>
    /// <exception cref="InputException">A negative dimension, or more than an array can hold.</exception>
    public static int ByteCount(string name, DataType type, ReadOnlySpan<long> shape)
    {
        long size = Math.Max(type.Size(), 1), bytes = size;
        bool empty = shape.Contains(0);
        foreach (long dimension in shape)
        {
            if (dimension < 0)
                throw new InputException($"tensor '{name}' has shape {TensorSpec.Format(shape)}: a dimension cannot be negative");
            // Compared by division: the product may overflow.
            if (!empty && dimension > Array.MaxLength / bytes)
                throw new InputException($"tensor '{name}' has shape {TensorSpec.Format(shape)}: it would hold more than {Array.MaxLength} bytes");
            bytes *= empty ? 1 : dimension;
        }
        return type == DataType.Bytes || empty ? 0 : (int)bytes;
    }

    private static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
            count *= dimension;
        return count;
    }

    internal void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = _rank = 0;
    }

    private void Reserve(int bytes)
    {
        if (bytes <= _bytes.Length)
            return;
        // At least doubled, so that appending takes amortised constant time.
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(bytes, 2L * _bytes.Length), Array.MaxLength));
        Bytes.CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
