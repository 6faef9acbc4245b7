using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// A way to store weights: blocks of <see cref="BlockLength"/> elements in <see cref="BlockBytes"/> bytes each, one after the
/// other along a row. An element type is the case of blocks of one. Numbers in a block are little-endian.
/// Source of layouts, ids and rounding: ggml, <c>ggml-common.h</c> and the <c>_ref</c> functions of <c>ggml-quants.c</c>.
/// </summary>
/// <param name="name">As GGUF files and their users write it: <c>Q4_K</c>.</param>
/// <param name="id">The number in GGUF files.</param>
/// <param name="blockLength">Elements of a block.</param>
/// <param name="blockBytes">Bytes of a block.</param>
public abstract unsafe class BlockType(string name, uint id, int blockLength, int blockBytes)
{
    // What the scale of a block, an F16, can stand for without overflow, whatever the type.
    private const float LargestValue = 65504;

    public string Name { get; } = name;

    public uint Id { get; } = id;

    public int BlockLength { get; } = blockLength;

    public int BlockBytes { get; } = blockBytes;

    /// <summary>The type of tensors whose elements these are; null for blocks of several.</summary>
    public virtual DType? DType => null;

    /// <summary>False for types of which only the layout is known: files that hold them are listed, their tensors are not read.</summary>
    public virtual bool CanDequantise => true;

    public virtual bool CanQuantise => false;

    /// <summary>How such blocks lie in memory to be multiplied as they are; null where their elements are multiplied.</summary>
    public virtual BlockLayout? Layout => null;

    /// <summary>Bits of an element, scales included.</summary>
    public double BitsPerElement => 8.0 * BlockBytes / BlockLength;

    /// <summary>Bytes of so many elements, a multiple of <see cref="BlockLength"/>.</summary>
    public long Bytes(long elements) => checked(elements / BlockLength * BlockBytes);

    /// <summary>Element <paramref name="i"/> of a block: the plain definition, which <see cref="Dequantise(ReadOnlySpan{byte}, Span{float})"/> equals bit for bit.</summary>
    public abstract float Value(ReadOnlySpan<byte> block, int i);

    /// <summary>From whole blocks to f32.</summary>
    /// <param name="blocks">One after the other.</param>
    /// <param name="values">Exactly their elements.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanDequantise"/> is false.</exception>
    public void Dequantise(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        nint count = Count(values.Length, blocks.Length);
        if (!CanDequantise)
            throw new NotSupportedException($"{Name}: only the layout of this type is known");
        fixed (byte* from = blocks)
        fixed (float* to = values)
            Dequantise(from, to, count);
    }

    /// <summary>From f32 to whole blocks, with the roundings of ggml's reference functions.</summary>
    /// <param name="values">Finite; for blocks of several, at most 65504 in size.</param>
    /// <param name="blocks">Exactly their blocks.</param>
    /// <param name="workers">Who does it, with the same bits; the caller alone when null.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together, or a value cannot be stored.</exception>
    /// <exception cref="NotSupportedException"><see cref="CanQuantise"/> is false.</exception>
    public void Quantise(ReadOnlySpan<float> values, Span<byte> blocks, Workers? workers = null)
    {
        Count(values.Length, blocks.Length);
        if (!CanQuantise)
            throw new NotSupportedException($"{Name}: such blocks are read and not written; there are {string.Join(", ", BlockTypes.All.Where(t => t.CanQuantise).Select(t => t.Name))}");
        if (BlockLength > 1)
            CheckValues(values);
        QuantiseChunks.Run(workers ?? Workers.Serial, this, values, blocks);
    }

    /// <summary>Takes a block apart for its <see cref="Layout"/>.</summary>
    /// <param name="block">The block.</param>
    /// <param name="row">Where the levels and scales of its row go.</param>
    /// <param name="index">The place of the block in the row.</param>
    /// <exception cref="NotSupportedException">There is no layout.</exception>
    public virtual void TakeApart(byte* block, in BlockRow row, nint index) => throw new NotSupportedException($"{Name}: its elements are multiplied, not its blocks");

    /// <summary>As the public form, without its checks.</summary>
    internal void QuantiseUnchecked(float* values, byte* blocks, nint count) => Quantise(values, blocks, count);

    public override string ToString() => Name;

    /// <summary>As the public form; <paramref name="count"/> blocks, both memories whole.</summary>
    protected abstract void Dequantise(byte* blocks, float* values, nint count);

    /// <inheritdoc cref="Dequantise(byte*, float*, nint)"/>
    protected virtual void Quantise(float* values, byte* blocks, nint count) => throw new NotSupportedException(Name);

    private nint Count(int values, int bytes)
    {
        if (values % BlockLength != 0)
            throw new ArgumentException($"{Name}: {values} elements are not whole blocks of {BlockLength}");
        nint count = values / BlockLength;
        if ((long)count * BlockBytes != bytes)
            throw new ArgumentException($"{Name}: {values} elements take {(long)count * BlockBytes} bytes, {bytes} were given");
        return count;
    }

    private void CheckValues(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // The negation also finds NaN.
            if (!(MathF.Abs(values[i]) <= LargestValue))
                throw new ArgumentException($"{Name}: element {i} is {values[i]:R}, which blocks with an F16 scale cannot hold: store this tensor as F32");
        }
    }
}
