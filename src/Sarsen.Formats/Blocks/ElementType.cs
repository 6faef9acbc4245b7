using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Formats.Blocks;

/// <summary>Plain elements, as tensors have them: blocks of one. Rounded as <see cref="Cast"/> does.</summary>
internal sealed unsafe class ElementType(string name, uint id, DType type) : BlockType(name, id, 1, type.Size())
{
    public override DType? DType => type;

    public override bool CanQuantise => type.IsFloat();

    public override float Value(ReadOnlySpan<byte> block, int i) => type switch
    {
        Tensors.DType.F32 => BitConverter.ToSingle(block),
        Tensors.DType.F16 => (float)BitConverter.ToHalf(block),
        Tensors.DType.BF16 => Cast.FromBFloat16(BitConverter.ToUInt16(block)),
        Tensors.DType.F64 => (float)BitConverter.ToDouble(block),
        Tensors.DType.I8 => (sbyte)block[0],
        Tensors.DType.I16 => BitConverter.ToInt16(block),
        Tensors.DType.I32 => BitConverter.ToInt32(block),
        Tensors.DType.I64 => BitConverter.ToInt64(block),
        _ => throw new NotSupportedException($"{type} is no type of GGUF"),
    };

    protected override void Dequantise(byte* blocks, float* values, nint count) =>
        Cast.Run(Workers.Serial, type, blocks, Tensors.DType.F32, values, count);

    protected override void Quantise(float* values, byte* blocks, nint count) =>
        Cast.Run(Workers.Serial, Tensors.DType.F32, values, type, blocks, count);
}
