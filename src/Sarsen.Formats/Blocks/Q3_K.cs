using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in 3 bits each, sixteen groups of 16: 32 bytes h, 64 bytes q laid out as in <see cref="Q2_K"/>, 12 bytes with
/// the groups' scales s, then d (F16). Bit i / 32 of h[i % 32] is element i's third bit.
/// x = d · (s - 32) · (q + 4 h - 4). Of s, the lower four bits of group g are in a half of byte g % 8, the upper two are bits
/// 2 (g / 4) and the next of byte 8 + g % 4.
/// </summary>
internal sealed unsafe class Q3_K() : BlockType("Q3_K", 11, 256, 110)
{
    private const int Levels = 32, Scales = 96, Step = 108;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int q = block[Levels + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3, high = block[i % 32] >> i / 32 & 1, group = i / 16;
        float scale = BlockScale.Read(block[Step..]) * Scale(block[Scales + group % 8], block[Scales + 8 + group % 4], group);
        return scale * (q + 4 * high - 4);
    }

    public override BlockLayout Layout => BlockLayout.SuperBytes;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block + Step);
        for (int g = 0; g < 16; g++)
            row.ScaleLevels[16 * index + g] = (sbyte)Scale(block[Scales + g % 8], block[Scales + 8 + g % 4], g);
        byte* q = row.Levels + 256 * index;
        for (int i = 0; i < 256; i++)
            q[i] = (byte)(sbyte)((block[Levels + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3) + 4 * (block[i % 32] >> i / 32 & 1) - 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<byte> four = Vector128.Create((byte)4);
        for (; count > 0; count--, blocks += 110)
        {
            float d = BlockScale.Read(blocks + Step);
            for (int group = 0; group < 16; group++, values += 16)
            {
                Vector128<byte> q = BlockLanes.Field(Vector128.Load(blocks + Levels + group / 8 * 32 + group % 2 * 16), group % 8 / 2 * 2, 3);
                Vector128<byte> bit = Vector128.Create((byte)(1 << group / 2));
                Vector128<byte> isSet = Vector128.Equals(Vector128.Load(blocks + group % 2 * 16) & bit, bit);
                Vector256<float> scale = Vector256.Create(d * Scale(blocks[Scales + group % 8], blocks[Scales + 8 + group % 4], group));
                BlockLanes.Scale((q - Vector128.AndNot(four, isSet)).AsSByte(), scale, values);
            }
        }
    }

    private static int Scale(int low, int high, int group) => (low >> group / 8 * 4 & 0xF | (high >> group / 4 * 2 & 3) << 4) - 32;
}
