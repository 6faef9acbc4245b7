using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 4 bits each: d (F16), then 16 bytes q; element i is in the low half of byte i, element 16 + i in the high
/// half. x = (q - 8) · d. Quantised: d = m / -8 with m the x of the largest size, so that m is met exactly but for d's rounding.
/// </summary>
internal sealed unsafe class Q4_0() : BlockType("Q4_0", 2, 32, 18)
{
    private const int Levels = 2;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i) => ((block[Levels + i % 16] >> i / 16 * 4 & 0xF) - 8) * BlockScale.Read(block);

    public override BlockLayout Layout => BlockLayout.Nibbles;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        BlockLevels.Halves(block + Levels, row.Levels + 32 * index, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<sbyte> middle = Vector128.Create((sbyte)8);
        for (; count > 0; count--, blocks += 18, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks));
            Vector128<byte> q = Vector128.Load(blocks + Levels);
            BlockLanes.Scale(BlockLanes.Field(q, 0, 0xF).AsSByte() - middle, d, values);
            BlockLanes.Scale(BlockLanes.Field(q, 4, 0xF).AsSByte() - middle, d, values + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        for (; count > 0; count--, blocks += 18, values += 32)
        {
            float d = BlockScale.Extreme(values, 32) / -8, inverse = BlockScale.Inverse(d);
            BlockScale.Write(blocks, d);
            for (int i = 0; i < 16; i++)
                blocks[Levels + i] = (byte)(Level(values[i] * inverse) | Level(values[16 + i] * inverse) << 4);
        }
    }

    // What lies half between two levels goes up, as the cut of x + 8.5 does.
    private static int Level(float x) => Math.Clamp((int)(x + 8.5f), 0, 15);
}
