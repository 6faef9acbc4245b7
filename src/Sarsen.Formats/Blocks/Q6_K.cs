using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in 6 bits each, sixteen groups of 16: 128 bytes with the lower four bits, 64 with the upper two, a signed byte
/// a group with its scale s, then d (F16). x = d · s · (q - 32). Each half of the block has 64 bytes of lower bits: of its
/// four quarters, the first and third lie in the low and high halves of the first 32, the second and fourth in those of the
/// next 32. It has 32 bytes of upper bits, quarter k at bit 2 k.
/// </summary>
internal sealed unsafe class Q6_K() : BlockType("Q6_K", 14, 256, 210)
{
    private const int High = 128, Scales = 192, Step = 208, Half = 32;

    public override bool CanQuantise => true;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int half = i / 128, quarter = i % 128 / 32, at = i % 32;
        int low = block[half * 64 + quarter % 2 * 32 + at] >> quarter / 2 * 4 & 0xF, high = block[High + half * 32 + at] >> quarter * 2 & 3;
        return BlockScale.Read(block[Step..]) * (sbyte)block[Scales + i / 16] * ((low | high << 4) - Half);
    }

    public override BlockLayout Layout => BlockLayout.SuperSixes;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block + Step);
        Unsafe.CopyBlockUnaligned(row.ScaleLevels + 16 * index, block + Scales, 16);
        for (int half = 0; half < 2; half++)
        {
            byte* q = row.Levels + 256 * index + 128 * half;
            for (int i = 0; i < 32; i++)
            {
                byte first = block[half * 64 + i], second = block[half * 64 + 32 + i], high = block[High + half * 32 + i];
                q[i] = (byte)(first & 0xF | (high & 3) << 4);
                q[32 + i] = (byte)(second & 0xF | (high >> 2 & 3) << 4);
                q[64 + i] = (byte)(first >> 4 | (high >> 4 & 3) << 4);
                q[96 + i] = (byte)(second >> 4 | high >> 6 << 4);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<sbyte> middle = Vector128.Create((sbyte)Half);
        for (; count > 0; count--, blocks += 210)
        {
            float d = BlockScale.Read(blocks + Step);
            for (int group = 0; group < 16; group++, values += 16)
            {
                int half = group / 8, quarter = group % 8 / 2, at = group % 2 * 16;
                Vector128<byte> low = BlockLanes.Field(Vector128.Load(blocks + half * 64 + quarter % 2 * 32 + at), quarter / 2 * 4, 0xF);
                Vector128<byte> high = BlockLanes.Field(Vector128.Load(blocks + High + half * 32 + at), quarter * 2, 3);
                Vector128<sbyte> q = (low | Vector128.ShiftLeft(high.AsUInt16(), 4).AsByte()).AsSByte() - middle;
                BlockLanes.Scale(q, Vector256.Create(d * (sbyte)blocks[Scales + group]), values);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Quantise(float* values, byte* blocks, nint count)
    {
        byte* levels = stackalloc byte[256];
        for (; count > 0; count--, blocks += 210, values += 256)
        {
            if (FindLevels(values, blocks, levels))
                Pack(levels, blocks);
            else
                Unsafe.InitBlockUnaligned(blocks, 0, 210);
        }
    }

    // False when the block is too small for scales to be anything but zero.
    private static bool FindLevels(float* x, byte* block, byte* levels)
    {
        float* scales = stackalloc float[16];
        for (int group = 0; group < 16; group++)
            scales[group] = SymmetricFit.Run(x + group * 16, 16, Half, levels + group * 16);
        float extreme = BlockScale.Extreme(scales, 16);
        if (MathF.Abs(extreme) < SymmetricFit.Smallest)
            return false;
        float inverse = -128 / extreme;
        BlockScale.Write(block + Step, 1 / inverse);
        float d = BlockScale.Read(block + Step);
        for (int group = 0; group < 16; group++)
        {
            int scaleLevel = BlockScale.Nearest(inverse * scales[group], -128, 127);
            block[Scales + group] = (byte)(sbyte)scaleLevel;
            float scale = d * scaleLevel;
            // A scale that vanished leaves the search's levels: they count for nothing.
            for (int i = group * 16; scale != 0 && i < (group + 1) * 16; i++)
                levels[i] = (byte)(BlockScale.Nearest(x[i] / scale, -Half, Half - 1) + Half);
        }
        return true;
    }

    private static void Pack(byte* levels, byte* block)
    {
        for (int half = 0; half < 2; half++)
        {
            for (int i = 0; i < 32; i++)
            {
                byte* q = levels + half * 128 + i;
                block[half * 64 + i] = (byte)(q[0] & 0xF | (q[64] & 0xF) << 4);
                block[half * 64 + 32 + i] = (byte)(q[32] & 0xF | (q[96] & 0xF) << 4);
                block[High + half * 32 + i] = (byte)(q[0] >> 4 | q[32] >> 4 << 2 | q[64] >> 4 << 4 | q[96] >> 4 << 6);
            }
        }
    }
}
