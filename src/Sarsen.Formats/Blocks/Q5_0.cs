using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 5 bits each: d (F16), then 32 bits h, then 16 bytes q laid out as in <see cref="Q4_0"/>; bit i of h is the
/// fifth bit of element i. x = (q + 16 h - 16) · d. Quantised: d = m / -16 with m the x of the largest size.
/// </summary>
internal sealed unsafe class Q5_0() : BlockType("Q5_0", 6, 32, 22)
{
    private const int High = 2, Levels = 6;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int low = block[Levels + i % 16] >> i / 16 * 4 & 0xF, high = block[High + i / 8] >> i % 8 & 1;
        return (low + 16 * high - 16) * BlockScale.Read(block);
    }

    public override BlockLayout Layout => BlockLayout.Fives;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        byte* q = row.Levels + 32 * index;
        BlockLevels.Halves(block + Levels, q, 16);
        for (int i = 0; i < 32; i++)
            q[i] |= (byte)((block[High + i / 8] >> i % 8 & 1) << 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        // Where the fifth bit is not set, 16 is taken off.
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        for (; count > 0; count--, blocks += 22, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks));
            Vector128<byte> q = Vector128.Load(blocks + Levels);
            Vector128<byte> first = BlockLanes.Mask(Unsafe.ReadUnaligned<ushort>(blocks + High)), second = BlockLanes.Mask(Unsafe.ReadUnaligned<ushort>(blocks + High + 2));
            BlockLanes.Scale((BlockLanes.Field(q, 0, 0xF) - Vector128.AndNot(sixteen, first)).AsSByte(), d, values);
            BlockLanes.Scale((BlockLanes.Field(q, 4, 0xF) - Vector128.AndNot(sixteen, second)).AsSByte(), d, values + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        for (; count > 0; count--, blocks += 22, values += 32)
        {
            float d = BlockScale.Extreme(values, 32) / -16, inverse = BlockScale.Inverse(d);
            BlockScale.Write(blocks, d);
            uint high = 0;
            for (int i = 0; i < 16; i++)
            {
                int first = Level(values[i] * inverse), second = Level(values[16 + i] * inverse);
                blocks[Levels + i] = (byte)(first & 0xF | (second & 0xF) << 4);
                high |= (uint)(first >> 4) << i | (uint)(second >> 4) << 16 + i;
            }
            Unsafe.WriteUnaligned(blocks + High, high);
        }
    }

    private static int Level(float x) => Math.Clamp((int)(x + 16.5f), 0, 31);
}
