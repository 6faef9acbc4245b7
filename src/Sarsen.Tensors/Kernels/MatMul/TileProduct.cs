using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// One block of C on one thread: for each block of K the rows of A are packed into the second-level cache, then each
/// panel of B into the first, and the micro-kernels run over the row panels.
/// </summary>
internal static unsafe class TileProduct
{
    /// <summary>Floats of scratch for a block of at most <paramref name="rows"/> rows.</summary>
    public static long ScratchFloats(nint rows, nint k)
    {
        nint length = KBlocks.Length(k);
        nint packedRows = nint.Min(rows, TileGrid.MaxRows);
        // A single row has several panels of B at once; more rows are given them too, so that scratch for many serves one.
        return PackedAFloats(packedRows, length) + (MicroKernels.SingleRowPanels * PanelFloats(length)) + OffsetFloats(length);
    }

    private static long OffsetFloats(nint kLength) => Aligned((long)kLength * (sizeof(nint) / sizeof(float)));

    private static long PackedAFloats(nint rows, nint kLength) => Aligned(((long)rows * kLength) + Packing.Spill);

    private static long PanelFloats(nint kLength) => Aligned((MicroKernels.MaxPanelColumns * (long)kLength) + Packing.Spill);

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <param name="args">The product; its batch fields are not looked at.</param>
    /// <param name="tile">The rows and columns, at most <see cref="TileGrid.MaxRows"/> rows.</param>
    /// <param name="epilogue">Applied to each element once.</param>
    /// <param name="kernels">The instruction set.</param>
    /// <param name="scratch"><see cref="ScratchFloats"/>, 64-byte aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Run<TEpilogue>(in MatMulArgs<float> args, in Tile tile, TEpilogue epilogue, MicroKernels kernels, float* scratch)
        where TEpilogue : struct, IEpilogue
    {
        nint rows = tile.RowEnd - tile.Row;
        if (args.K == 0)
        {
            Finish(args, tile, epilogue);
            return;
        }
        nint kLength = KBlocks.Length(args.K);
        nint rowPanels = (rows + kernels.MaxRows - 1) / kernels.MaxRows;
        float* packedA = scratch;
        float* panelB = scratch + PackedAFloats(rows, kLength);
        nint* offsets = (nint*)(panelB + (MicroKernels.SingleRowPanels * PanelFloats(kLength)));
        if (SwappedProduct.Takes(args, tile, kernels))
        {
            SwappedProduct.Run(args, tile, epilogue, kernels, panelB, panelB + PanelFloats(kLength), offsets);
            return;
        }
        nint offsetStep = -1;
        float* edge = stackalloc float[MicroKernels.MaxPanelRows * MicroKernels.MaxPanelColumns];

        for (nint k0 = 0; k0 < args.K; k0 += kLength)
        {
            nint kCount = nint.Min(kLength, args.K - k0);
            bool accumulate = args.Accumulate || k0 > 0, last = k0 + kCount == args.K;
            PackA(args, tile.Row, rows, rowPanels, k0, kCount, packedA, kernels.Lanes);
            nint j = tile.Column;
            // One row panel reads each element of B once, and a few rows of B stay in the nearest cache: they are read where they lie.
            bool inPlace = !args.TransposeB && args.PackedB == null && (rowPanels == 1 || StaysInPlace(args.Ldb, kCount));
            if (rows == 1 && (inPlace || args.PackedB != null))
            {
                nint step = MicroKernels.SingleRowPanels * kernels.PanelColumns;
                for (; j <= tile.ColumnEnd - step; j += step)
                {
                    float* c = args.C + (tile.Row * args.Ldc) + j;
                    if (inPlace)
                        kernels.SingleRow(kCount, packedA, args.B + (k0 * args.Ldb) + j, kernels.PanelColumns, args.Ldb, c, accumulate ? 1 : 0);
                    else
                    {
                        nint panelStep = PackedMatrix.PanelFloats(kCount, kernels);
                        float* panels = Panels(args, k0, kCount, kLength, j, kernels, panelB, MicroKernels.SingleRowPanels);
                        kernels.SingleRow(kCount, packedA, panels, panelStep, kernels.PanelColumns, c, accumulate ? 1 : 0);
                    }
                    if (last && typeof(TEpilogue) != typeof(NoEpilogue))
                        epilogue.Apply(c, step, tile.Row, j);
                }
            }
            for (; j < tile.ColumnEnd; j += kernels.PanelColumns)
            {
                nint columns = nint.Min(kernels.PanelColumns, tile.ColumnEnd - j);
                bool wide = columns > kernels.Lanes;
                nint width = wide ? kernels.PanelColumns : kernels.Lanes;
                float* b = panelB;
                nint ldb = width;
                if (args.PackedB != null)
                {
                    b = Panels(args, k0, kCount, kLength, j, kernels, panelB, 1);
                    ldb = kernels.PanelColumns;
                }
                else if (inPlace && columns == width)
                {
                    // With a single row panel each element of B is used once: reading it in place beats copying it.
                    b = args.B + (k0 * args.Ldb) + j;
                    ldb = args.Ldb;
                }
                else if (args.TransposeB)
                {
                    Packing.Transpose(args.B + (j * args.Ldb) + k0, args.Ldb, columns, kCount, panelB, width, kernels.Lanes);
                }
                else
                {
                    Packing.Copy(args.B + (k0 * args.Ldb) + j, args.Ldb, columns, kCount, panelB, width);
                }
                if (ldb != offsetStep)
                {
                    offsetStep = ldb;
                    for (nint k = 0; k < kLength; k++)
                        offsets[k] = k * ldb;
                }

                for (nint p = 0, r = 0; p < rowPanels; p++)
                {
                    nint height = PanelHeight(rows, rowPanels, p);
                    float* c = args.C + ((tile.Row + r) * args.Ldc) + j;
                    if (columns == width)
                        kernels.Kernel(height, wide)(kCount, packedA + (r * kCount), b, offsets, c, args.Ldc, accumulate ? 1 : 0);
                    else
                    {
                        kernels.Kernel(height, wide)(kCount, packedA + (r * kCount), b, offsets, edge, width, 0);
                        StoreEdge(edge, width, height, columns, c, args.Ldc, accumulate);
                    }
                    if (last && typeof(TEpilogue) != typeof(NoEpilogue))
                    {
                        for (nint i = 0; i < height; i++)
                            epilogue.Apply(c + (i * args.Ldc), columns, tile.Row + r + i, j);
                    }
                    r += height;
                }
            }
        }
    }

    /// <summary>A whole product on one thread: <see cref="Run"/> over balanced blocks of rows.</summary>
    public static void RunAll<TEpilogue>(in MatMulArgs<float> args, TEpilogue epilogue, MicroKernels kernels, float* scratch)
        where TEpilogue : struct, IEpilogue
    {
        nint blocks = (args.M + TileGrid.MaxRows - 1) / TileGrid.MaxRows;
        for (nint block = 0; block < blocks; block++)
        {
            var tile = new Tile { Row = args.M * block / blocks, RowEnd = args.M * (block + 1) / blocks, ColumnEnd = args.N };
            Run(args, tile, epilogue, kernels, scratch);
        }
    }

    /// <summary>
    /// Whether rows of a panel of B, two or three cache lines each, find a place each among the 64 sets of eight lines of a
    /// first-level cache: rows whose distance is a large power of two would push each other out.
    /// </summary>
    private static bool StaysInPlace(nint ldb, nint kCount)
    {
        nint bytes = ldb * sizeof(float), period = bytes & -bytes;
        return kCount * 3 * nint.Max(64, period) <= 64 * 64 * 8 / 2;
    }

    /// <summary>Row panels of balanced heights: 32 rows are 11, 11 and 10, never 14, 14 and 4.</summary>
    private static nint PanelHeight(nint rows, nint panels, nint panel) => (rows / panels) + (panel < rows % panels ? 1 : 0);

    /// <summary>Panels of B that were packed: those themselves, or what they hold in f32.</summary>
    private static float* Panels(in MatMulArgs<float> args, nint k0, nint kCount, nint kLength, nint column, MicroKernels kernels, float* widened, nint count)
    {
        if (args.PackedType == DType.F32)
            return PackedMatrix.Panel(args.PackedB, args.N, args.K, k0, kLength, column, kernels);
        ushort* panel = PackedMatrix.Panel((ushort*)args.PackedB, args.N, args.K, k0, kLength, column, kernels);
        nint step = PackedMatrix.WholePanel(args.K, kernels), floats = PackedMatrix.PanelFloats(kCount, kernels);
        for (nint i = 0; i < count; i++)
            Widening.Run(args.PackedType, panel + (i * step), widened + (i * floats), kCount * kernels.PanelColumns);
        return widened;
    }

    private static void PackA(in MatMulArgs<float> args, nint row, nint rows, nint panels, nint k0, nint kCount, float* packed, int lanes)
    {
        for (nint p = 0, r = 0; p < panels; p++)
        {
            nint height = PanelHeight(rows, panels, p);
            if (args.TransposeA)
                Packing.Copy(args.A + (k0 * args.Lda) + row + r, args.Lda, height, kCount, packed + (r * kCount), height);
            else
                Packing.Transpose(args.A + ((row + r) * args.Lda) + k0, args.Lda, height, kCount, packed + (r * kCount), height, lanes);
            r += height;
        }
    }

    private static void StoreEdge(float* edge, nint width, nint rows, nint columns, float* c, nint ldc, bool accumulate)
    {
        for (nint i = 0; i < rows; i++, edge += width, c += ldc)
        {
            for (nint j = 0; j < columns; j++)
                c[j] = accumulate ? c[j] + edge[j] : edge[j];
        }
    }

    /// <summary>The product over no k at all.</summary>
    private static void Finish<TEpilogue>(in MatMulArgs<float> args, in Tile tile, TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        nint columns = tile.ColumnEnd - tile.Column;
        for (nint i = tile.Row; i < tile.RowEnd && columns > 0; i++)
        {
            float* c = args.C + (i * args.Ldc) + tile.Column;
            for (nint j = 0; j < columns && !args.Accumulate; j++)
                c[j] = 0;
            epilogue.Apply(c, columns, i, tile.Column);
        }
    }
}
