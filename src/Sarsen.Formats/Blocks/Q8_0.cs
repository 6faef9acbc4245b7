using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 8 bits each: d (F16), then q (32 bytes, signed). x = q · d.
/// Quantised: d = max |x| / 127, q = x / d rounded to the nearest, halves away from zero.
/// </summary>
internal sealed unsafe class Q8_0() : BlockType("Q8_0", 8, 32, 34)
{
    private const int Levels = 2;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i) => (sbyte)block[Levels + i] * BlockScale.Read(block);

    public override BlockLayout Layout => BlockLayout.Bytes;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        Unsafe.CopyBlockUnaligned(row.Levels + 32 * index, block + Levels, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        for (; count > 0; count--, blocks += 34, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks));
            BlockLanes.Scale(Vector128.Load(blocks + Levels).AsSByte(), d, values);
            BlockLanes.Scale(Vector128.Load(blocks + Levels + 16).AsSByte(), d, values + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        for (; count > 0; count--, blocks += 34, values += 32)
        {
            float d = MathF.Abs(BlockScale.Extreme(values, 32)) / 127, inverse = BlockScale.Inverse(d);
            BlockScale.Write(blocks, d);
            for (int i = 0; i < 32; i++)
                blocks[Levels + i] = (byte)(sbyte)Math.Clamp((int)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero), -127, 127);
        }
    }
}
