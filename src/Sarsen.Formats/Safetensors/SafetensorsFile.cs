using System.Buffers;
using System.Runtime.InteropServices;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Formats;

/// <summary>
/// A safetensors file, opened: its header is read and checked whole, its tensors are read one by one when asked for.
/// Any thread may read.
/// </summary>
public sealed class SafetensorsFile : ITensorSource
{
    private const int ConvertBytes = 1 << 18;
    private const int ReadBytes = 1 << 30;

    private readonly ModelBytes _bytes;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    private SafetensorsFile(ModelBytes bytes, in SafetensorsHeader header)
    {
        (_bytes, _byName) = (bytes, header.Entries);
        Metadata = header.Metadata;
        Entries = [.. _byName.Values.OrderBy(e => e.Offset).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }

    public string Path => _bytes.Path;

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>Texts by name that whoever wrote the file put there.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="ModelFormatException">The header breaks a rule of the format, or the data is cut off.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ModelBytes bytes = ModelBytes.Open(path);
        try
        {
            Span<byte> first = stackalloc byte[SafetensorsHeader.LengthBytes];
            first = first[..(int)Math.Min(bytes.Length, first.Length)];
            bytes.ReadExactly(first, 0);
            var json = new byte[SafetensorsHeader.Length(path, first, bytes.Length)];
            bytes.ReadExactly(json, first.Length);
            return new SafetensorsFile(bytes, SafetensorsHeader.Read(path, json, bytes.Length));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Elements => Entries.Sum(entry => entry.Shape.Count);

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <exception cref="ModelFormatException">There is no such tensor; the message names the nearest.</exception>
    public SafetensorsEntry Entry(string name)
    {
        if (_byName.TryGetValue(name, out SafetensorsEntry? entry))
            return entry;
        throw TensorRows.Missing(Path, name, _byName.Keys);
    }

    /// <inheritdoc/>
    public Shape ShapeOf(string name) => Entry(name).Shape;

    /// <inheritdoc/>
    /// <remarks>8-bit floats, which no tensor has, are read as well (<see cref="SafetensorsEntry.DType"/> is null for them).</remarks>
    public void ReadRows(string name, long firstRow, long rows, Span<float> into)
    {
        SafetensorsEntry entry = Entry(name);
        float[]? eightBits = Float8.Values(entry.TypeName);
        DType type = eightBits is null ? Known(entry) : DType.U8;
        long offset = entry.Offset + TensorRows.Begin(Path, name, entry.Shape, firstRow, rows, into) * type.Size();
        if (type == DType.F32)
        {
            _bytes.ReadExactly(MemoryMarshal.AsBytes(into), offset);
            return;
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ConvertBytes);
        try
        {
            while (into.Length > 0)
            {
                Span<byte> stretch = buffer.AsSpan(0, (int)Math.Min(ConvertBytes, (long)into.Length * type.Size()));
                _bytes.ReadExactly(stretch, offset);
                CheckBools(entry, type, stretch, offset);
                Widen(stretch, type, eightBits, into[..(stretch.Length / type.Size())]);
                into = into[(stretch.Length / type.Size())..];
                offset += stretch.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public BlockType? TypeOf(string name) => Entry(name).DType is { } type ? BlockTypes.All.FirstOrDefault(t => t.DType == type) : null;

    /// <inheritdoc/>
    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into)
    {
        SafetensorsEntry entry = Entry(name);
        (long begin, long count) = TensorRows.Range(Path, name, entry.Shape, firstRow, rows);
        int size = Known(entry).Size();
        if (count * size != into.Length)
            throw new ArgumentException($"{rows} rows of the tensor '{name}' of {Path} have {count * size} bytes, room for {into.Length} was given", nameof(into));
        _bytes.ReadExactly(into, entry.Offset + begin * size);
    }

    /// <summary>Reads a tensor into one that is there: contiguous, of the file's shape.</summary>
    /// <param name="name">Which.</param>
    /// <param name="into">Written whole; of unknown contents after an exception.</param>
    /// <param name="convert">
    /// Allow floating-point elements of another type and round them to the nearest, as <see cref="Cast"/> does;
    /// without it the types must be equal.
    /// </param>
    /// <exception cref="ModelFormatException">No such tensor, another shape or type, or the file was cut off.</exception>
    public void ReadInto(string name, Tensor into, bool convert = false)
    {
        SafetensorsEntry entry = Entry(name);
        DType type = Known(entry);
        if (into.Shape != entry.Shape)
            throw new ModelFormatException(Path, entry.Offset, $"the tensor '{name}' has the shape {entry.Shape}, {into.Shape} was expected");
        if (!into.IsContiguous)
            throw new ArgumentException($"ReadInto: '{name}' must be read into a contiguous tensor, this is a strided view", nameof(into));
        if (type == into.DType)
            ReadSame(entry, into);
        else if (convert && type.IsFloat() && into.DType.IsFloat())
            ReadConverted(entry, type, into);
        else
            throw new ModelFormatException(Path, entry.Offset, $"the tensor '{name}' is {entry.TypeName}, {into.DType} was expected"
                + (type.IsFloat() && into.DType.IsFloat() ? ": ask for conversion, or make the tensor of the file's type" : ""));
    }

    /// <summary>Reads a tensor into a new one of the GC.</summary>
    /// <param name="name">Which.</param>
    /// <param name="convertTo">The floating-point type to round to; null for the file's own.</param>
    /// <exception cref="ModelFormatException">No such tensor, of a type that tensors do not have, or the file was cut off.</exception>
    public Tensor Read(string name, DType? convertTo = null)
    {
        SafetensorsEntry entry = Entry(name);
        Tensor tensor = Tensor.Empty(convertTo ?? Known(entry), entry.Shape);
        ReadInto(name, tensor, convert: convertTo is not null);
        return tensor;
    }

    public void Dispose() => _bytes.Dispose();

    private DType Known(SafetensorsEntry entry) => entry.DType
        ?? throw new ModelFormatException(Path, entry.Offset, $"the tensor '{entry.Name}' is {entry.TypeName}, which has no tensor type here: convert the file to F32, F16 or BF16");

    private void ReadSame(SafetensorsEntry entry, Tensor into)
    {
        for (long at = 0; at < entry.Bytes;)
        {
            Span<byte> stretch = into.BytesAt(at, (int)Math.Min(ReadBytes, entry.Bytes - at));
            _bytes.ReadExactly(stretch, entry.Offset + at);
            CheckBools(entry, into.DType, stretch, entry.Offset + at);
            at += stretch.Length;
        }
    }

    private unsafe void ReadConverted(SafetensorsEntry entry, DType type, Tensor into)
    {
        byte[] buffer = new byte[(int)Math.Min(ConvertBytes, entry.Bytes)];
        for (long at = 0; at < entry.Bytes;)
        {
            Span<byte> stretch = buffer.AsSpan(0, (int)Math.Min(buffer.Length, entry.Bytes - at));
            _bytes.ReadExactly(stretch, entry.Offset + at);
            int count = stretch.Length / type.Size();
            fixed (byte* from = stretch, to = into.BytesAt(at / type.Size() * into.DType.Size(), count * into.DType.Size()))
                Cast.Run(Workers.Serial, type, from, into.DType, to, count);
            at += stretch.Length;
        }
    }

    private static unsafe void Widen(ReadOnlySpan<byte> bytes, DType type, float[]? eightBits, Span<float> into)
    {
        if (eightBits is not null)
        {
            for (int i = 0; i < into.Length; i++)
                into[i] = eightBits[bytes[i]];
            return;
        }
        fixed (byte* from = bytes)
        fixed (float* to = into)
            Cast.Run(Workers.Serial, type, from, DType.F32, to, into.Length);
    }

    private void CheckBools(SafetensorsEntry entry, DType type, ReadOnlySpan<byte> bytes, long offset)
    {
        if (type == DType.Bool && bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) is var bad and >= 0)
            throw new ModelFormatException(Path, offset + bad, $"the BOOL tensor '{entry.Name}' holds the byte {bytes[bad]}; 0 or 1 is expected");
    }
}
