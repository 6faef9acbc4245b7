using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 256 elements in 2 bits each, sixteen groups of 16: a byte a group with its scale s (low half) and minimum m (high half),
/// then 64 bytes q, then d and e (F16). x = d · s · q - e · m. Each half of the block has 32 bytes of q: its element i is bits
/// 2 (i / 32) and the next of byte i % 32.
/// </summary>
internal sealed unsafe class Q2_K() : BlockType("Q2_K", 10, 256, 84)
{
    private const int Levels = 16, Step = 80, Least = 82;

    public override float Value(ReadOnlySpan<byte> block, int i)
    {
        int q = block[Levels + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3, group = block[i / 16];
        float scale = BlockScale.Read(block[Step..]) * (group & 0xF), least = BlockScale.Read(block[Least..]) * (group >> 4);
        return scale * q - least;
    }

    public override BlockLayout Layout => BlockLayout.SuperFives16;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block + Step);
        row.Leasts[index] = BlockScale.Bits(block + Least);
        for (int g = 0; g < 16; g++)
        {
            row.ScaleLevels[16 * index + g] = (sbyte)(block[g] & 0xF);
            row.LeastLevels[16 * index + g] = (byte)(block[g] >> 4);
        }
        byte* q = row.Levels + 256 * index;
        for (int i = 0; i < 256; i++)
            q[i] = (byte)(block[Levels + i / 128 * 32 + i % 32] >> i % 128 / 32 * 2 & 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        for (; count > 0; count--, blocks += 84)
        {
            float d = BlockScale.Read(blocks + Step), e = BlockScale.Read(blocks + Least);
            for (int group = 0; group < 16; group++, values += 16)
            {
                Vector128<byte> q = Vector128.Load(blocks + Levels + group / 8 * 32 + group % 2 * 16);
                Vector256<float> scale = Vector256.Create(d * (blocks[group] & 0xF)), least = Vector256.Create(-(e * (blocks[group] >> 4)));
                BlockLanes.ScaleAdd(BlockLanes.Field(q, group % 8 / 2 * 2, 3).AsSByte(), scale, least, values);
            }
        }
    }
}
