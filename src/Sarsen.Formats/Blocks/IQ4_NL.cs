using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// 32 elements in 4 bits each, which pick from sixteen levels that lie closer near zero: d (F16), then 16 bytes q laid out as
/// in <see cref="Q4_0"/>. x = d · level[q].
/// </summary>
internal sealed unsafe class IQ4_NL() : BlockType("IQ4_NL", 20, 32, 18)
{
    private const int Picks = 2;

    /// <summary>The sixteen levels, which <see cref="IQ4_XS"/> has too. Source: ggml, <c>kvalues_iq4nl</c>.</summary>
    public static ReadOnlySpan<sbyte> Levels => [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    public override float Value(ReadOnlySpan<byte> block, int i) => BlockScale.Read(block) * Levels[block[Picks + i % 16] >> i / 16 * 4 & 0xF];

    public override BlockLayout Layout => BlockLayout.Bytes;

    public override void TakeApart(byte* block, in BlockRow row, nint index)
    {
        row.Scales[index] = BlockScale.Bits(block);
        byte* q = row.Levels + 32 * index;
        BlockLevels.Halves(block + Picks, q, 16);
        for (int i = 0; i < 32; i++)
            q[i] = (byte)Levels[q[i]];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Dequantise(byte* blocks, float* values, nint count)
    {
        Vector128<sbyte> levels = Vector128.Create(Levels);
        for (; count > 0; count--, blocks += 18, values += 32)
        {
            Vector256<float> d = Vector256.Create(BlockScale.Read(blocks));
            Vector128<byte> q = Vector128.Load(blocks + Picks);
            BlockLanes.Scale(Vector128.Shuffle(levels, BlockLanes.Field(q, 0, 0xF).AsSByte()), d, values);
            BlockLanes.Scale(Vector128.Shuffle(levels, BlockLanes.Field(q, 4, 0xF).AsSByte()), d, values + 16);
        }
    }
}
