using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A few rows by a transposed matrix, as a small batch through a linear layer: computed as Cᵀ = op(B)ᵀ · Aᵀ, so that the large
/// operand is read where it lies, row by row, and only the small one is put into order. The bits are those of
/// <see cref="TileProduct"/>.
/// </summary>
internal static unsafe class SwappedProduct
{
    /// <summary>Rows of a panel of the left operand, and columns of its transpose.</summary>
    public const nint PanelRows = MicroKernels.MaxPanelColumns;

    /// <summary>With more rows, putting the large operand into order costs little beside using it.</summary>
    private const nint MostRows = 2 * PanelRows;

    /// <summary>Columns of C for each term of a block of K, which the sums then take no more room than.</summary>
    public const nint ColumnsOfTerm = 3;

    public static bool Takes(in MatMulArgs<float> args, in Tile tile, MicroKernels kernels)
    {
        nint rows = tile.RowEnd - tile.Row;
        return args is { TransposeA: false, TransposeB: true, Accumulate: false } && args.PackedB == null && kernels.Lanes >= 8
            && rows is >= 16 and <= MostRows && tile.ColumnEnd - tile.Column >= 2 * PanelRows && args.K >= PanelRows;
    }

    /// <param name="args">The product.</param>
    /// <param name="tile">The rows and columns.</param>
    /// <param name="epilogue">Applied to each element once.</param>
    /// <param name="kernels">The instruction set.</param>
    /// <param name="panel">For a panel of the left operand: <see cref="PanelRows"/> by the length of a block of K, and <see cref="Packing.Spill"/>.</param>
    /// <param name="sums"><see cref="ColumnsOfTerm"/> times as much.</param>
    /// <param name="places">As many as a block of K is long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run<TEpilogue>(in MatMulArgs<float> args, in Tile tile, TEpilogue epilogue, MicroKernels kernels, float* panel, float* sums, nint* places)
        where TEpilogue : struct, IEpilogue
    {
        nint kLength = KBlocks.Length(args.K), mostColumns = ColumnsOfTerm * kLength;
        for (nint k = 0; k < kLength; k++)
            places[k] = k;
        for (nint row = tile.Row; row < tile.RowEnd; row += PanelRows)
        {
            nint rows = nint.Min(PanelRows, tile.RowEnd - row);
            for (nint column = tile.Column; column < tile.ColumnEnd; column += mostColumns)
            {
                nint columns = nint.Min(mostColumns, tile.ColumnEnd - column);
                for (nint k0 = 0; k0 < args.K; k0 += kLength)
                {
                    nint kCount = nint.Min(kLength, args.K - k0);
                    Packing.Transpose(args.A + (row * args.Lda) + k0, args.Lda, rows, kCount, panel, PanelRows, kernels.Lanes);
                    Multiply(args.B + (column * args.Ldb) + k0, args.Ldb, columns, kCount, panel, rows, sums, places, k0 > 0, kernels);
                }
                float* c = args.C + (row * args.Ldc) + column;
                TurnBack(sums, columns, rows, c, args.Ldc, kernels.Lanes);
                for (nint i = 0; i < rows && typeof(TEpilogue) != typeof(NoEpilogue); i++)
                    epilogue.Apply(c + (i * args.Ldc), columns, row + i, column);
            }
        }
    }

    /// <summary>One block of K of some columns of C, which are rows here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Multiply(float* b, nint ldb, nint columns, nint kCount, float* panel, nint rows, float* sums, nint* places, bool accumulate, MicroKernels kernels)
    {
        float** taps = stackalloc float*[16];
        nint panels = (columns + kernels.MaxTaps - 1) / kernels.MaxTaps;
        for (nint p = 0; p < panels; p++)
        {
            nint first = columns * p / panels, height = (columns * (p + 1) / panels) - first;
            for (nint i = 0; i < height; i++)
                taps[i] = b + ((first + i) * ldb);
            for (nint j = 0; j < rows; j += kernels.PanelColumns)
            {
                bool wide = rows - j > kernels.Lanes;
                kernels.TapKernel(height, wide)(kCount, places, taps, panel + j, PanelRows, sums + (first * PanelRows) + j, PanelRows, accumulate ? 1 : 0);
            }
        }
    }

    /// <summary>c[i · ldc + j] = sums[j · 32 + i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void TurnBack(float* sums, nint columns, nint rows, float* c, nint ldc, int lanes)
    {
        nint strip = Packing.StripOf(lanes), wholeColumns = columns / strip * strip, wholeRows = rows / strip * strip;
        for (nint j = 0; j < wholeColumns; j += strip)
            Packing.Strip(sums + (j * PanelRows), PanelRows, strip, wholeRows / strip, c + j, ldc, strip);
        for (nint i = 0; i < rows; i++)
        {
            for (nint j = i < wholeRows ? wholeColumns : 0; j < columns; j++)
                c[(i * ldc) + j] = sums[(j * PanelRows) + i];
        }
    }
}
