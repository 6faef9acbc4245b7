using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in 5 bits each, eight groups of 32: <see cref="AffineBlock"/>'s header, 32 bytes h, then 128 bytes q laid out
/// as in <see cref="Q4_K"/>. Bit g of h[i] is the fifth bit of element i of group g. x = d · s · (q + 16 h) - e · m.
/// </summary>
internal sealed unsafe class Q5_K() : BlockType("Q5_K", 13, 256, 176)
{
    private const int High = AffineBlock.HeaderBytes, Levels = High + 32;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        (float scale, float offset) = AffineBlock.Read(block, i / 32);
        int low = block[Levels + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 0xF, high = block[High + i % 32] >> i / 32 & 1;
        return scale * (low + 16 * high) + offset;
    }

    public override BlockLayout Layout => BlockLayout.SuperFives;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        AffineBlock.TakeApart(block, row, index);
        byte* q = row.Levels + 256 * index;
        for (int pair = 0; pair < 4; pair++)
            BlockLevels.Halves(block + Levels + 32 * pair, q + 64 * pair, 32);
        for (int i = 0; i < 256; i++)
            q[i] |= (byte)((block[High + i % 32] >> i / 32 & 1) << 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        float* scales = stackalloc float[8], offsets = stackalloc float[8];
        for (; count > 0; count--, blocks += 176)
        {
            AffineBlock.Read(blocks, scales, offsets);
            for (int group = 0; group < 8; group++, values += 32)
            {
                Vector256<float> s = Vector256.Create(scales[group]), m = Vector256.Create(offsets[group]);
                Vector128<byte> bit = Vector128.Create((byte)(1 << group));
                for (int i = 0; i < 32; i += 16)
                {
                    Vector128<byte> low = BlockLanes.Field(Vector128.Load(blocks + Levels + group / 2 * 32 + i), group % 2 * 4, 0xF);
                    Vector128<byte> isSet = Vector128.Equals(Vector128.Load(blocks + High + i) & bit, bit);
                    BlockLanes.ScaleAdd((low | isSet & sixteen).AsSByte(), s, m, values + i);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        byte* levels = stackalloc byte[256];
        for (; count > 0; count--, blocks += 176, values += 256)
        {
            AffineBlock.Quantise(values, blocks, levels, top: 31, firstTrial: -0.5f, trials: 16);
            for (int i = 0; i < 32; i++)
            {
                int high = 0;
                for (int group = 0; group < 8; group++)
                    high |= levels[group * 32 + i] >> 4 << group;
                blocks[High + i] = (byte)high;
            }
            for (int i = 0; i < 128; i++)
            {
                byte* pair = levels + i / 32 * 64 + i % 32;
                blocks[Levels + i] = (byte)(pair[0] & 0xF | (pair[32] & 0xF) << 4);
            }
        }
    }
}
