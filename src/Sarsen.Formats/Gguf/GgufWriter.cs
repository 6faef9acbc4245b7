using System.Runtime.InteropServices;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Formats;

/// <summary>
/// Writes a GGUF file, version 3, atomically (<see cref="AtomicFile"/>): what it will hold is said first, then the tensors are
/// written in that order, in pieces as small as wished, so that a model need not fit in memory. The same content gives the
/// same bytes. Not for several threads at once.
/// </summary>
public sealed class GgufWriter : IDisposable
{
    private const int StageBytes = 1 << 20;

    private readonly AtomicFile _file;
    private readonly IReadOnlyList<GgufTensorSpec> _tensors;
    private readonly byte[] _stage = new byte[StageBytes], _zeros;
    private readonly int _alignment;
    private readonly Workers _workers;
    private int _current;
    private long _written;

    private GgufWriter(AtomicFile file, IReadOnlyList<GgufTensorSpec> tensors, int alignment, Workers workers)
    {
        (_file, _tensors, _alignment, _workers) = (file, tensors, alignment, workers);
        _zeros = new byte[alignment];
        SkipEmpty();
    }

    /// <summary>Writes the header.</summary>
    /// <param name="path">Where; an older file is replaced by <see cref="Commit"/>.</param>
    /// <param name="metadata">
    /// In the order to write. <c>general.alignment</c> (U32, a power of two from 8 to 65536) aligns the tensors, to 32 bytes when
    /// not given; <c>general.quantization_version</c> is added where blocks are written and it is missing.
    /// </param>
    /// <param name="tensors">In the order to write.</param>
    /// <param name="workers">Who rounds elements to their types; the caller alone when null.</param>
    /// <exception cref="ArgumentException">A key or name is there twice, too long or not Unicode, or a shape does not suit its type.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public static GgufWriter Create(string path, IEnumerable<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<GgufTensorSpec> tensors, Workers? workers = null)
    {
        tensors = [.. tensors];
        ReadOnlySpan<byte> header = GgufHeaderWriter.Write(metadata, tensors, out int alignment);
        AtomicFile file = AtomicFile.Create(path);
        try
        {
            file.Stream.Write(header);
            return new GgufWriter(file, tensors, alignment, workers ?? Workers.Serial);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Rounds the next elements of a tensor to its type, and writes them.</summary>
    /// <param name="name">The first tensor in order that is not whole yet.</param>
    /// <param name="values">Row-major; whole blocks, and no more than are left.</param>
    /// <exception cref="InvalidOperationException">Another tensor comes first, or there are more elements than it has.</exception>
    /// <exception cref="ArgumentException">These are no whole blocks, or a value cannot be stored (<see cref="BlockType.Quantise(ReadOnlySpan{float}, Span{byte}, Workers?)"/>).</exception>
    /// <exception cref="NotSupportedException">The type is one that is only read.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void Write(string name, ReadOnlySpan<float> values)
    {
        BlockType type = Next(name).Type;
        if (values.Length % type.BlockLength != 0)
            throw new ArgumentException($"'{name}' of {type} is written in whole blocks of {type.BlockLength}, {values.Length} elements were given", nameof(values));
        Check(name, type.Bytes(values.Length));
        if (type.DType == DType.F32)
        {
            Append(MemoryMarshal.AsBytes(values));
            return;
        }
        int most = StageBytes / type.BlockBytes * type.BlockLength;
        while (values.Length > 0)
        {
            int count = Math.Min(most, values.Length);
            Span<byte> blocks = _stage.AsSpan(0, (int)type.Bytes(count));
            type.Quantise(values[..count], blocks, _workers);
            Append(blocks);
            values = values[count..];
        }
    }

    /// <summary>Writes the next bytes of a tensor as they are.</summary>
    /// <param name="name">The first tensor in order that is not whole yet.</param>
    /// <param name="blocks">No more than are left.</param>
    /// <exception cref="InvalidOperationException">Another tensor comes first, or there are more bytes than it has.</exception>
    /// <exception cref="IOException">The disk is full or refuses.</exception>
    public void WriteBlocks(string name, ReadOnlySpan<byte> blocks)
    {
        Next(name);
        Check(name, blocks.Length);
        Append(blocks);
    }

    /// <summary>Makes the file durable and gives it its name.</summary>
    /// <exception cref="InvalidOperationException">A tensor is not whole.</exception>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public void Commit()
    {
        if (_current < _tensors.Count)
            throw new InvalidOperationException($"{_written} of {_tensors[_current].Bytes} bytes of '{_tensors[_current].Name}' are written: {_tensors.Count - _current} tensors are not whole");
        _file.Commit();
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose() => _file.Dispose();

    private GgufTensorSpec Next(string name)
    {
        if (_current == _tensors.Count)
            throw new InvalidOperationException($"'{name}' cannot be written: all tensors that were announced are whole");
        GgufTensorSpec tensor = _tensors[_current];
        return tensor.Name == name ? tensor : throw new InvalidOperationException($"'{name}' cannot be written: '{tensor.Name}' comes first");
    }

    private void Check(string name, long bytes)
    {
        if (bytes > _tensors[_current].Bytes - _written)
            throw new InvalidOperationException($"'{name}' has {_tensors[_current].Bytes} bytes, {_written} are written and {bytes} more were given");
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _file.Stream.Write(bytes);
        _written += bytes.Length;
        if (_written < _tensors[_current].Bytes)
            return;
        _file.Stream.Write(_zeros.AsSpan(0, (int)GgufHeaderWriter.Padding(_written, _alignment)));
        (_current, _written) = (_current + 1, 0);
        SkipEmpty();
    }

    private void SkipEmpty()
    {
        while (_current < _tensors.Count && _tensors[_current].Bytes == 0)
            _current++;
    }
}
