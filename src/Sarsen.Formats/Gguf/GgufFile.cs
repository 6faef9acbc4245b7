using System.Buffers;
using System.Runtime.InteropServices;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// A GGUF file, opened: its header is read and checked whole, so that each tensor is known to lie within the file; tensors are
/// read, as f32 or as the blocks they are stored in, when asked for. Of a model that was cut into several files any of them
/// opens all (<see cref="GgufSplit"/>). Any thread may read.
/// </summary>
public sealed class GgufFile : ITensorSource
{
    // Small enough to stay in the second-level cache until it is dequantised.
    private const int StageBytes = 1 << 17;

    private readonly GgufPart[] _parts;
    private readonly Dictionary<string, GgufTensor> _byName;

    private GgufFile(string path, GgufPart[] parts)
    {
        (Path, _parts) = (path, parts);
        Metadata = parts.Length == 1 ? parts[0].Metadata : GgufSplit.WithoutKeys(parts[0]);
        Tensors = [.. parts.SelectMany((part, i) => part.Tensors.Values.Select(tensor => tensor with { Part = i }))];
        _byName = Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The file that was opened.</summary>
    public string Path { get; }

    /// <summary>All files of the model, the first first.</summary>
    public IReadOnlyList<string> Files => [.. _parts.Select(part => part.Path)];

    /// <summary>Of the format: 2 or 3.</summary>
    public uint Version => _parts[0].Version;

    /// <summary>The data and each tensor begin at a multiple of so many bytes, of the first file.</summary>
    public long Alignment => _parts[0].Alignment;

    /// <summary>What the model's files say of it: without what they say of how it was cut.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>In the order of the files, and of their bytes.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <param name="path">A file, or any one of a model that has several beside one another.</param>
    /// <exception cref="ModelFormatException">A header breaks a rule of the format, data is cut off, or a file of several is missing or of another model.</exception>
    /// <exception cref="IOException">A file cannot be opened or read.</exception>
    public static GgufFile Open(string path)
    {
        GgufPart part = GgufPart.Open(path);
        try
        {
            return new GgufFile(path, GgufSplit.OpenOthers(part));
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>The files of a model by the name of one of them, whether they are there or not.</summary>
    public static IEnumerable<string> FilesOf(string path) => GgufSplit.PathsOf(path);

    /// <inheritdoc/>
    public long Elements => Tensors.Sum(tensor => tensor.Shape.Count);

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <exception cref="ModelFormatException">There is no such tensor; the message names the nearest.</exception>
    public GgufTensor Tensor(string name) => _byName.TryGetValue(name, out GgufTensor? tensor) ? tensor : throw TensorRows.Missing(Path, name, _byName.Keys);

    /// <inheritdoc/>
    public Shape ShapeOf(string name) => Tensor(name).Shape;

    /// <inheritdoc/>
    public void ReadRows(string name, long firstRow, long rows, Span<float> into)
    {
        GgufTensor tensor = Tensor(name);
        BlockType type = tensor.Type;
        long begin = TensorRows.Begin(Path, name, tensor.Shape, firstRow, rows, into);
        if (!type.CanDequantise)
            throw new ModelFormatException(_parts[tensor.Part].Path, tensor.Offset, $"the tensor '{name}' is {type}, of which only the layout is known: take the model in another type, such as Q8_0 or Q4_K");
        if (type.DType == DType.F32)
        {
            BytesOf(tensor).ReadExactly(MemoryMarshal.AsBytes(into), tensor.Offset + begin * sizeof(float));
            return;
        }
        byte[] stage = ArrayPool<byte>.Shared.Rent(StageBytes);
        try
        {
            Dequantise(tensor, begin, into, stage);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stage);
        }
    }

    /// <inheritdoc/>
    public BlockType? TypeOf(string name) => Tensor(name).Type;

    /// <inheritdoc/>
    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into)
    {
        GgufTensor tensor = Tensor(name);
        BlockType type = tensor.Type;
        (long begin, long count) = TensorRows.Range(Path, name, tensor.Shape, firstRow, rows);
        if (begin % type.BlockLength != 0 || count % type.BlockLength != 0)
            throw new ArgumentException($"elements {begin} to {begin + count} of the tensor '{name}' of {Path} are not whole blocks of {type.BlockLength}");
        if (type.Bytes(count) != into.Length)
            throw new ArgumentException($"{rows} rows of the tensor '{name}' of {Path} have {type.Bytes(count)} bytes, room for {into.Length} was given", nameof(into));
        BytesOf(tensor).ReadExactly(into, tensor.Offset + type.Bytes(begin));
    }

    public void Dispose()
    {
        foreach (GgufPart part in _parts)
            part.Dispose();
    }

    private ModelBytes BytesOf(GgufTensor tensor) => _parts[tensor.Part].Bytes;

    private void Dequantise(GgufTensor tensor, long begin, Span<float> into, byte[] stage)
    {
        BlockType type = tensor.Type;
        int length = type.BlockLength;
        Span<float> part = stackalloc float[length];
        while (into.Length > 0)
        {
            // Only a vector can be asked for a part of a block.
            int before = (int)(begin % length), blocks = before > 0 ? 0 : Math.Min(into.Length, stage.Length / type.BlockBytes * length) / length;
            Span<byte> read = stage.AsSpan(0, Math.Max(1, blocks) * type.BlockBytes);
            BytesOf(tensor).ReadExactly(read, tensor.Offset + begin / length * type.BlockBytes);
            int count = blocks * length;
            if (blocks > 0)
            {
                type.Dequantise(read, into[..count]);
            }
            else
            {
                type.Dequantise(read, part);
                count = Math.Min(into.Length, length - before);
                part.Slice(before, count).CopyTo(into);
            }
            into = into[count..];
            begin += count;
        }
    }
}
