using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>The test that routines of <see cref="BlockCode"/> pass before they are used: made-up numbers, every number of rows, against the vectors of .NET, bit for bit.</summary>
internal static unsafe class BlockCodeCheck
{
    private const int Rows = BlockCode.MostRows, Columns = BlockLayout.PanelRows, Blocks = 2;

    public static bool Passes<TLevels, TScales>(BlockLayoutOf<TLevels, TScales> layout, BlockCode code) where TLevels : struct, ILevels where TScales : struct, IScales
    {
        int k = Blocks * layout.BlockLength;
        using NativeBuffer panel = NativeBuffer.Allocate(layout.PanelBytes(k)), x = NativeBuffer.Allocate(Rows * k * sizeof(float));
        using NativeBuffer plain = NativeBuffer.Allocate(BlockInput.MemoryBytes(Rows, k, layout.Words)), tiles = NativeBuffer.Allocate(BlockInput.MemoryBytes(Rows, k, layout.Words));
        Fill(layout, panel.Pointer, k, TLevels.Words ? byte.MaxValue : (128 / TLevels.StepsPerFlush) - 1);
        Span<float> values = x.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = ((i * 37 % 101) - 50) * (1 + (i % 7));

        float* results = stackalloc float[Rows * Columns], expected = stackalloc float[Columns];
        BlockInput input = BlockInput.At(plain.Pointer, Rows, k, layout.Words);
        input.Fill(Workers.Serial, (float*)x.Pointer, k, Rows);
        for (int rows = 1; rows <= Rows; rows++)
        {
            BlockInput tile = BlockInput.TilesAt(tiles.Pointer, rows, k);
            tile.Fill(Workers.Serial, (float*)x.Pointer, k, rows);
            var args = new BlockCodeArgs { Blocks = Blocks, Panel = panel.Pointer, Inputs = tile.Tiles.Tile(0), Constants = BlockCode.Constants, Y = results };
            code.Run(rows, &args);
            for (nint r = 0; r < rows; r++)
            {
                BlockLayoutOf<TLevels, TScales>.Row<Vector512Lanes>(input, r, panel.Pointer).Store(expected);
                if (!new Span<float>(expected, Columns).SequenceEqual(new Span<float>(results + (r * Columns), Columns)))
                    return false;
            }
        }
        return true;
    }

    private static void Fill(BlockLayout layout, byte* panel, int k, int levelBits)
    {
        byte* levels = stackalloc byte[k], leastLevels = stackalloc byte[k];
        sbyte* scaleLevels = stackalloc sbyte[k];
        Half* scales = stackalloc Half[k], leasts = stackalloc Half[k];
        for (int row = 0; row < Columns; row++)
        {
            for (int i = 0; i < k; i++)
            {
                int number = (i * 89) + (i / 7) + (row * 31);
                (levels[i], scaleLevels[i], leastLevels[i]) = ((byte)(number & levelBits), (sbyte)(number % 64), (byte)(number % 61));
                (scales[i], leasts[i]) = ((Half)(0.01f * (1 + (number % 19))), (Half)(0.1f * (number % 23)));
            }
            layout.Write(panel, k, row, new BlockRow { Levels = levels, Scales = (ushort*)scales, Leasts = (ushort*)leasts, ScaleLevels = scaleLevels, LeastLevels = leastLevels });
        }
    }
}
