using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 4 bits each: d and m (F16), then 16 bytes q laid out as in <see cref="Q4_0"/>. x = q · d + m.
/// Quantised: m = min x, d = (max x - m) / 15.
/// </summary>
internal sealed unsafe class Q4_1() : BlockType("Q4_1", 3, 32, 20)
{
    private const int Least = 2, Levels = 4;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i) =>
        (block[Levels + i % 16] >> i / 16 * 4 & 0xF) * BlockScale.Read(block) + BlockScale.Read(block[Least..]);

    public override BlockLayout Layout => BlockLayout.NibblesWithMinima;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        row.Leasts[index] = BlockScale.Bits(block + Least);
        BlockLevels.Halves(block + Levels, row.Levels + 32 * index, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        for (; count > 0; count--, blocks += 20, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks)), m = Vector256.Create(BlockScale.Read(blocks + Least));
            Vector128<byte> q = Vector128.Load(blocks + Levels);
            BlockLanes.ScaleAdd(BlockLanes.Field(q, 0, 0xF).AsSByte(), d, m, values);
            BlockLanes.ScaleAdd(BlockLanes.Field(q, 4, 0xF).AsSByte(), d, m, values + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        for (; count > 0; count--, blocks += 20, values += 32)
        {
            (float min, float max) = BlockScale.Range(values, 32);
            float d = (max - min) / 15, inverse = BlockScale.Inverse(d);
            BlockScale.Write(blocks, d);
            BlockScale.Write(blocks + Least, min);
            for (int i = 0; i < 16; i++)
                blocks[Levels + i] = (byte)(Level((values[i] - min) * inverse) | Level((values[16 + i] - min) * inverse) << 4);
        }
    }

    private static int Level(float x) => Math.Clamp((int)(x + 0.5f), 0, 15);
}
