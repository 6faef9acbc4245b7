using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 5 bits each: d and m (F16), then 32 bits h and 16 bytes q laid out as in <see cref="Q5_0"/>.
/// x = (q + 16 h) · d + m. Quantised: m = min x, d = (max x - m) / 31.
/// </summary>
internal sealed unsafe class Q5_1() : BlockType("Q5_1", 7, 32, 24)
{
    private const int Least = 2, High = 4, Levels = 8;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int low = block[Levels + i % 16] >> i / 16 * 4 & 0xF, high = block[High + i / 8] >> i % 8 & 1;
        return (low + 16 * high) * BlockScale.Read(block) + BlockScale.Read(block[Least..]);
    }

    public override BlockLayout Layout => BlockLayout.FivesWithMinima;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        row.Leasts[index] = BlockScale.Bits(block + Least);
        byte* q = row.Levels + 32 * index;
        BlockLevels.Halves(block + Levels, q, 16);
        for (int i = 0; i < 32; i++)
            q[i] |= (byte)((block[High + i / 8] >> i % 8 & 1) << 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        for (; count > 0; count--, blocks += 24, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks)), m = Vector256.Create(BlockScale.Read(blocks + Least));
            Vector128<byte> q = Vector128.Load(blocks + Levels);
            Vector128<byte> first = BlockLanes.Mask(Unsafe.ReadUnaligned<ushort>(blocks + High)), second = BlockLanes.Mask(Unsafe.ReadUnaligned<ushort>(blocks + High + 2));
            BlockLanes.ScaleAdd((BlockLanes.Field(q, 0, 0xF) | first & sixteen).AsSByte(), d, m, values);
            BlockLanes.ScaleAdd((BlockLanes.Field(q, 4, 0xF) | second & sixteen).AsSByte(), d, m, values + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        for (; count > 0; count--, blocks += 24, values += 32)
        {
            (float min, float max) = BlockScale.Range(values, 32);
            float d = (max - min) / 31, inverse = BlockScale.Inverse(d);
            BlockScale.Write(blocks, d);
            BlockScale.Write(blocks + Least, min);
            uint high = 0;
            for (int i = 0; i < 16; i++)
            {
                int first = Level((values[i] - min) * inverse), second = Level((values[16 + i] - min) * inverse);
                blocks[Levels + i] = (byte)(first & 0xF | (second & 0xF) << 4);
                high |= (uint)(first >> 4) << i | (uint)(second >> 4) << 16 + i;
            }
            Unsafe.WriteUnaligned(blocks + High, high);
        }
    }

    private static int Level(float x) => Math.Clamp((int)(x + 0.5f), 0, 31);
}
