using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in eight groups of 32: d (F16), 16 bits and 4 bytes with the groups' scales s, of which group g has its upper
/// two bits at 2 g of the 16 and its lower four in half a byte, then 16 bytes q a group, laid out as in <see cref="IQ4_NL"/>,
/// whose levels they pick. x = d · (s - 32) · level[q].
/// </summary>
internal sealed unsafe class IQ4_XS() : BlockType("IQ4_XS", 23, 256, 136)
{
    private const int ScalesHigh = 2, ScalesLow = 4, Picks = 8;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int group = i / 32;
        int scale = Scale(BitConverter.ToUInt16(block[ScalesHigh..]), block[ScalesLow + group / 2], group);
        return BlockScale.Read(block) * scale * IQ4_NL.Levels[block[Picks + group * 16 + i % 16] >> i % 32 / 16 * 4 & 0xF];
    }

    public override BlockLayout Layout => BlockLayout.SuperBytes;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        ushort high = Unsafe.ReadUnaligned<ushort>(block + ScalesHigh);
        byte* q = row.Levels + 256 * index;
        for (int group = 0; group < 8; group++)
        {
            // A group of 32 is two of 16 with the same scale.
            var scale = (sbyte)Scale(high, block[ScalesLow + group / 2], group);
            (row.ScaleLevels[16 * index + 2 * group], row.ScaleLevels[16 * index + 2 * group + 1]) = (scale, scale);
            BlockLevels.Halves(block + Picks + 16 * group, q + 32 * group, 16);
        }
        for (int i = 0; i < 256; i++)
            q[i] = (byte)IQ4_NL.Levels[q[i]];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<sbyte> levels = Vector128.Create(IQ4_NL.Levels);
        for (; count > 0; count--, blocks += 136)
        {
            float d = BlockScale.Read(blocks);
            ushort high = Unsafe.ReadUnaligned<ushort>(blocks + ScalesHigh);
            for (int group = 0; group < 8; group++, values += 32)
            {
                Vector256<float> scale = Vector256.Create(d * Scale(high, blocks[ScalesLow + group / 2], group));
                Vector128<byte> q = Vector128.Load(blocks + Picks + group * 16);
                BlockLanes.Scale(Vector128.Shuffle(levels, BlockLanes.Field(q, 0, 0xF).AsSByte()), scale, values);
                BlockLanes.Scale(Vector128.Shuffle(levels, BlockLanes.Field(q, 4, 0xF).AsSByte()), scale, values + 16);
            }
        }
    }

    private static int Scale(int high, int low, int group) => (low >> group % 2 * 4 & 0xF | (high >> 2 * group & 3) << 4) - 32;
}
