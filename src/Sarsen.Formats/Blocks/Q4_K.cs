using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in 4 bits each, eight groups of 32: <see cref="AffineBlock"/>'s header, then 128 bytes q. Two groups share 32
/// bytes: the even one has the low halves, the odd one the high halves. x = d · s · q - e · m.
/// </summary>
internal sealed unsafe class Q4_K() : BlockType("Q4_K", 12, 256, 144)
{
    private const int Levels = AffineBlock.HeaderBytes;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        (float scale, float offset) = AffineBlock.Read(block, i / 32);
        return scale * (block[Levels + i / 64 * 32 + i % 32] >> i % 64 / 32 * 4 & 0xF) + offset;
    }

    public override BlockLayout Layout => BlockLayout.SuperNibbles;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        AffineBlock.TakeApart(block, row, index);
        for (int pair = 0; pair < 4; pair++)
            BlockLevels.Halves(block + Levels + 32 * pair, row.Levels + 256 * index + 64 * pair, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        float* scales = stackalloc float[8], offsets = stackalloc float[8];
        for (; count > 0; count--, blocks += 144)
        {
            AffineBlock.Read(blocks, scales, offsets);
            for (int group = 0; group < 8; group++, values += 32)
            {
                Vector256<float> s = Vector256.Create(scales[group]), m = Vector256.Create(offsets[group]);
                byte* q = blocks + Levels + group / 2 * 32;
                BlockLanes.ScaleAdd(BlockLanes.Field(Vector128.Load(q), group % 2 * 4, 0xF).AsSByte(), s, m, values);
                BlockLanes.ScaleAdd(BlockLanes.Field(Vector128.Load(q + 16), group % 2 * 4, 0xF).AsSByte(), s, m, values + 16);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        byte* levels = stackalloc byte[256];
        for (; count > 0; count--, blocks += 144, values += 256)
        {
            AffineBlock.Quantise(values, blocks, levels, top: 15, firstTrial: -1, trials: 21);
            for (int i = 0; i < 128; i++)
            {
                byte* pair = levels + i / 32 * 64 + i % 32;
                blocks[Levels + i] = (byte)(pair[0] | pair[32] << 4);
            }
        }
    }
}
