using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// An array of an npy or IDX file, read forward by rows: a row is what one index of the first dimension names. Elements
/// come row-major in the machine's byte order, whatever the file's. Not for several threads at once.
/// </summary>
/// <remarks>
/// A file in column order (Fortran) is read by stretches of columns, so blocks of many rows are read faster; packed by
/// gzip as well, it is unpacked into memory.
/// </remarks>
public sealed class ArrayReader : IDisposable
{
    private const int StretchBytes = 1 << 28, PackedBytes = 1 << 24;

    private readonly UnpackedStream _stream;
    private readonly ArrayLayout _layout;
    private readonly long _begin, _rowElements;

    internal ArrayReader(UnpackedStream stream, in ArrayLayout layout)
    {
        (_stream, _layout, _begin) = (stream, layout, stream.Position);
        Shape shape = layout.Shape;
        Rows = shape.Rank == 0 ? 1 : shape[0];
        RowShape = shape.Rank == 0 ? shape : new Shape(shape.AsSpan()[1..]);
        _rowElements = RowShape.Count;
    }

    /// <summary>Are the elements texts, to be read by <see cref="ReadText"/>.</summary>
    public bool IsText => _layout.Type is null;

    /// <exception cref="InvalidOperationException">The elements are texts.</exception>
    public DType DType => _layout.Type ?? throw new InvalidOperationException($"{_stream.Name} holds texts: read them with ReadText");

    public Shape Shape => _layout.Shape;

    /// <summary>The size of the first dimension; 1 for a scalar.</summary>
    public long Rows { get; }

    public Shape RowShape { get; }

    /// <summary>Bytes of one row; 0 when a size is 0.</summary>
    public long RowBytes => _rowElements * _layout.ElementBytes;

    /// <summary>How many rows have been read.</summary>
    public long NextRow { get; private set; }

    /// <summary>Reads as many of the rows that are left as <paramref name="into"/> holds.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    /// <exception cref="ArgumentException">Not even one row fits.</exception>
    /// <exception cref="ModelFormatException">The file is damaged or ends too early.</exception>
    public int ReadRows(Span<byte> into)
    {
        DType type = DType;
        long left = Math.Min(Rows - NextRow, int.MaxValue);
        if (left == 0)
            return 0;
        int count = (int)(RowBytes == 0 ? left : Math.Min(left, into.Length / RowBytes));
        if (count == 0)
            throw new ArgumentException($"a row of {_stream.Name} has {RowBytes} bytes, room for {into.Length} was given", nameof(into));
        into = into[..(int)(count * RowBytes)];
        ReadBlock(into, count);
        ToMachine(into, type);
        return count;
    }

    /// <summary>Reads the rows that are left into a new tensor of the GC.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or ends too early.</exception>
    public Tensor ReadAll()
    {
        long rows = Rows - NextRow;
        if (Shape.Rank == 0 && rows == 0)
            throw new InvalidOperationException($"the scalar of {_stream.Name} has been read");
        // Memory grows with what is read: the claim of a packed file is not known to be true before.
        if (_layout.ColumnMajor)
            MakeSeekable();
        else if (_stream.IsPacked && rows * RowBytes > PackedBytes)
            return ReadAllPacked(rows);
        Tensor tensor = Tensor.Empty(DType, Shape.Rank == 0 ? Shape : Shape.With(0, rows));
        ReadStretches(rows, (at, count) => tensor.BytesAt(at, count));
        return tensor;
    }

    /// <summary>Reads up to <paramref name="rows"/> rows of texts, without the zeros that fill up their width.</summary>
    /// <returns>The texts of these rows, row-major; none when no row is left.</returns>
    /// <exception cref="InvalidOperationException">The elements are numbers.</exception>
    /// <exception cref="ModelFormatException">A text is not Unicode, or the file is damaged or ends too early.</exception>
    public string[] ReadText(int rows)
    {
        if (!IsText)
            throw new InvalidOperationException($"{_stream.Name} holds {DType}, not texts");
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        int count = (int)Math.Min(rows, Rows - NextRow);
        long elements = count * _rowElements;
        if (count * RowBytes > Array.MaxLength || elements > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(rows), rows, $"{count} rows of {_stream.Name} have {count * RowBytes} bytes: read fewer at once");
        var bytes = new byte[count * RowBytes];
        ReadBlock(bytes, count);
        var texts = new string[elements];
        for (int i = 0; i < texts.Length; i++)
        {
            ReadOnlySpan<byte> text = bytes.AsSpan(i * _layout.ElementBytes, _layout.ElementBytes);
            texts[i] = FixedText.Decode(text, _layout.Wide, _layout.BigEndian)
                ?? throw new ModelFormatException(_stream.Name, _begin, $"element {(NextRow - count) * _rowElements + i} is not {(_layout.Wide ? "UTF-32" : "UTF-8")} text");
        }
        return texts;
    }

    public void Dispose() => _stream.Dispose();

    private delegate Span<byte> Room(long offset, int count);

    private void ReadStretches(long rows, Room room)
    {
        if (_layout.ColumnMajor && RowBytes > StretchBytes)
            throw _stream.Fail($"a row of the array in column order has {RowBytes} bytes, at most {StretchBytes} are supported: save it in C order");
        long total = rows * RowBytes;
        // In C order rows need not be whole: the elements lie one after the other.
        int most = _layout.ColumnMajor ? (int)(StretchBytes / Math.Max(1, RowBytes) * RowBytes) : StretchBytes;
        for (long at = 0; at < total; at += most)
        {
            Span<byte> stretch = room(at, (int)Math.Min(most, total - at));
            if (_layout.ColumnMajor)
                ReadColumns(stretch, NextRow + at / RowBytes, (int)(stretch.Length / RowBytes));
            else
                _stream.ReadExactly(stretch, "the array");
            ToMachine(stretch, DType);
        }
        Advance(rows);
    }

    private Tensor ReadAllPacked(long rows)
    {
        var stretches = new List<byte[]>();
        ReadStretchesPacked(rows * RowBytes, stretches);
        Advance(rows);
        Tensor tensor = Tensor.Empty(DType, Shape.With(0, rows));
        long at = 0;
        foreach (byte[] stretch in stretches)
        {
            Span<byte> to = tensor.BytesAt(at, stretch.Length);
            stretch.CopyTo(to);
            ToMachine(to, DType);
            at += stretch.Length;
        }
        return tensor;
    }

    private void ReadStretchesPacked(long bytes, List<byte[]> stretches)
    {
        for (long at = 0; at < bytes; at += PackedBytes)
        {
            var stretch = new byte[(int)Math.Min(PackedBytes, bytes - at)];
            _stream.ReadExactly(stretch, "the array");
            stretches.Add(stretch);
        }
    }

    private void ReadBlock(Span<byte> into, int rows)
    {
        if (_layout.ColumnMajor)
            ReadColumns(into, NextRow, rows);
        else
            _stream.ReadExactly(into, "the array");
        Advance(rows);
    }

    private void Advance(long rows)
    {
        NextRow += rows;
        if (NextRow == Rows && _stream.IsPacked)
            _stream.ExpectEnd();
    }

    // Element (i0, i1, …, ik) lies at i0 + s0·(i1 + s1·(i2 + …)): one index behind the first is one stretch of rows.
    private void ReadColumns(Span<byte> into, long firstRow, int rows)
    {
        int size = _layout.ElementBytes;
        MakeSeekable();
        var column = new byte[rows * size];
        Span<long> index = stackalloc long[Shape.MaxRank];
        for (long j = 0; j < _rowElements; j++)
        {
            long place = 0;
            for (int d = RowShape.Rank - 1; d >= 0; d--)
                place = place * RowShape[d] + index[d];
            _stream.Seek(_begin + (place * Rows + firstRow) * size);
            _stream.ReadExactly(column, "the array");
            for (int r = 0; r < rows; r++)
                column.AsSpan(r * size, size).CopyTo(into[(int)((r * _rowElements + j) * size)..]);
            for (int d = RowShape.Rank - 1; d >= 0 && ++index[d] == RowShape[d]; d--)
                index[d] = 0;
        }
    }

    private void MakeSeekable()
    {
        if (_stream.IsPacked)
            _stream.UnpackToMemory(_begin + Shape.Count * _layout.ElementBytes);
    }

    private void ToMachine(Span<byte> bytes, DType type)
    {
        if (type == DType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is var bad and >= 0)
            throw _stream.Fail($"an array of bool holds the byte {bytes[bad]}; 0 or 1 is expected");
        if (_layout.BigEndian != BitConverter.IsLittleEndian)
            return;
        switch (_layout.ElementBytes)
        {
            case 2: Reverse<short>(bytes, BinaryPrimitives.ReverseEndianness); break;
            case 4: Reverse<int>(bytes, BinaryPrimitives.ReverseEndianness); break;
            case 8: Reverse<long>(bytes, BinaryPrimitives.ReverseEndianness); break;
        }
    }

    private delegate void ReverseAll<T>(ReadOnlySpan<T> from, Span<T> to);

    private static void Reverse<T>(Span<byte> bytes, ReverseAll<T> reverse) where T : unmanaged
    {
        Span<T> elements = MemoryMarshal.Cast<byte, T>(bytes);
        reverse(elements, elements);
    }
}
