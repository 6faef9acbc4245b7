using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The matrix product that a convolution is, without the matrix of what each output sees: term k of an output's sum is
/// found at a fixed offset from the output's own place in the planes (<see cref="ConvPlanes"/>), so outputs that lie side by
/// side are one row of B, read where it lies. Outputs are counted along the planes, the few at the end of a row that no
/// output stands for included; where those would be too many, the columns of B are gathered instead. Sums are ordered as
/// <see cref="KBlocks"/> says.
/// </summary>
internal unsafe struct DirectProduct
{
    /// <summary>Rows of the result that are computed together: their weights stay in the second-level cache.</summary>
    public const int BlockRows = 256;

    /// <summary>Elements of an output row that are gathered at once.</summary>
    public const int PieceLength = 16;

    /// <summary>Floats behind the planes that may be read, though no output needs them.</summary>
    public const int Slack = MicroKernels.MaxPanelColumns;

    /// <summary>Rows of the result: filters, or channels of a data gradient.</summary>
    public nint Rows;

    /// <summary>Terms of a sum.</summary>
    public nint K;

    /// <summary>The weights in the order of the kernels: blocks of K, in them panels of rows. See <see cref="PackedFloats"/>.</summary>
    public float* Packed;

    /// <summary>K offsets into the planes of an image.</summary>
    public nint* Offsets;

    /// <summary>The numbers in the window of the taps that its sums see, and how many there are: K is a multiple.</summary>
    public nint* Windows;

    public nint Taps;

    /// <summary>Outputs of a row, and from one row's first to the next one's in the planes.</summary>
    public nint GridColumns, Pitch;

    /// <summary>Columns of B are gathered.</summary>
    public bool Gathered;

    /// <summary>The planes end with the last element that an output sees.</summary>
    public bool IsTight;

    /// <summary>Steps in the result: from row to row of the product, from output row to output row, from output to output.</summary>
    public nint TargetStride, RowStep, ColumnStep;

    /// <summary>The most rows of a panel: those of the kernels.</summary>
    public nint PanelRows;

    public static nint KBlockCount(nint k)
    {
        nint length = KBlocks.Length(k);
        return length == 0 ? 0 : (k + length - 1) / length;
    }

    /// <summary>Floats of packed weights; a block of K begins at a multiple of <see cref="PackedBlockFloats"/>.</summary>
    public static long PackedFloats(nint rows, nint k) => KBlockCount(k) * PackedBlockFloats(rows, k);

    public static long PackedBlockFloats(nint rows, nint k) => Aligned(((long)rows * KBlocks.Length(k)) + Packing.Spill);

    /// <summary>Floats that <see cref="Run"/> needs for so many columns of one call.</summary>
    public static long ScratchFloats(nint rows, nint k, nint columns) =>
        Aligned(ResultFloats(rows, k, columns)) + GatheredFloats(k) + Aligned(KBlocks.Length(k) * (long)(sizeof(nint) / sizeof(float)));

    private static long GatheredFloats(nint k) => Aligned((KBlocks.Length(k) * (long)MicroKernels.MaxPanelColumns) + PieceLength);

    /// <summary>The columns of one call, at most, in whole panels.</summary>
    public static nint Columns(nint images, nint gridRows, nint gridColumns, nint pitch) =>
        images * (((nint.Max(1, gridRows) - 1) * pitch) + gridColumns + MicroKernels.MaxPanelColumns);

    private static long ResultFloats(nint rows, nint k, nint columns) => KBlockCount(k) <= 1
        ? MicroKernels.MaxPanelRows * MicroKernels.MaxPanelColumns
        : (nint.Min(rows, BlockRows) + MicroKernels.MaxPanelRows) * (long)columns;

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>Row panels of balanced heights.</summary>
    public readonly nint Panels => (Rows + PanelRows - 1) / PanelRows;

    /// <summary>The first row of a panel; of the panel behind the last, Rows.</summary>
    public readonly nint PanelRow(nint panel)
    {
        nint panels = Panels;
        return (panel * (Rows / panels)) + nint.Min(panel, Rows % panels);
    }

    /// <summary>Packs block <paramref name="block"/> of K of weights (Rows, K).</summary>
    public readonly void Pack(float* weight, nint block, nint packedOffset, MicroKernels kernels)
    {
        nint kLength = KBlocks.Length(K), k0 = block * kLength, kCount = nint.Min(kLength, K - k0);
        float* packed = Packed + packedOffset + (block * (nint)PackedBlockFloats(Rows, K));
        for (nint p = 0; p < Panels; p++)
        {
            nint row = PanelRow(p), height = PanelRow(p + 1) - row;
            Packing.Transpose(weight + (row * K) + k0, K, height, kCount, packed + (row * kCount), height, kernels.Lanes);
        }
    }

    /// <summary>Packs a block of K of weights whose rows lie within the terms: (K / Taps, Rows, window).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void PackTransposed(float* weight, nint filterSize, nint area, nint block, nint packedOffset)
    {
        nint kLength = KBlocks.Length(K), k0 = block * kLength, kCount = nint.Min(kLength, K - k0);
        float* packed = Packed + packedOffset + (block * (nint)PackedBlockFloats(Rows, K));
        for (nint p = 0; p < Panels; p++)
        {
            nint row = PanelRow(p), height = PanelRow(p + 1) - row;
            (nint filter, nint tap) = nint.DivRem(k0, Taps);
            float* target = packed + (row * kCount);
            for (nint k = 0; k < kCount; k++, target += height)
            {
                float* source = weight + (filter * filterSize) + (row * area) + Windows[tap];
                for (nint i = 0; i < height; i++, source += area)
                    target[i] = *source;
                if (++tap == Taps)
                    (tap, filter) = (0, filter + 1);
            }
        }
    }

    /// <summary>What one call computes.</summary>
    public struct Part
    {
        /// <summary>The planes of the first image, from its first output row on.</summary>
        public float* Planes;

        public nint ImageStride, Images, GridRows;

        /// <summary>The result's first element for row 0 of the product.</summary>
        public float* Target;

        public nint TargetImageStride;

        public nint FirstPanel, EndPanel;

        /// <summary>From <see cref="DirectProduct.Packed"/> to the group's weights.</summary>
        public nint PackedOffset;

        /// <summary>What the epilogue is told: the number of the product's row 0, of the first image's first element, and from image to image.</summary>
        public nint EpilogueRow, EpilogueColumn, EpilogueImage;

        public float* Scratch;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<TEpilogue>(in Part part, TEpilogue epilogue, MicroKernels kernels) where TEpilogue : struct, IEpilogue
    {
        nint blocks = KBlockCount(K), kLength = KBlocks.Length(K);
        if (blocks == 0)
        {
            // No tap sees these: zero, as an empty sum is.
            Zero(part);
            return;
        }
        for (nint from = part.FirstPanel; from < part.EndPanel;)
        {
            nint to = from + 1;
            while (to < part.EndPanel && PanelRow(to + 1) - PanelRow(from) <= BlockRows)
                to++;
            for (nint block = 0; block < blocks; block++)
            {
                nint k0 = block * kLength, kCount = nint.Min(kLength, K - k0);
                float* packed = Packed + part.PackedOffset + (block * (nint)PackedBlockFloats(Rows, K));
                RunBlock(part, epilogue, kernels, from, to, packed, Offsets + k0, kCount, blocks, block);
            }
            from = to;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void RunBlock<TEpilogue>(
        in Part part, TEpilogue epilogue, MicroKernels kernels, nint from, nint to, float* packed, nint* offsets, nint kCount, nint blocks, nint block)
        where TEpilogue : struct, IEpilogue
    {
        nint units = Gathered ? 1 : part.Images;
        nint length = Gathered ? part.Images * part.GridRows * GridColumns : ((part.GridRows - 1) * Pitch) + GridColumns;
        nint columns = Columns(part.Images, part.GridRows, GridColumns, Pitch), ldc = blocks == 1 ? MicroKernels.MaxPanelColumns : columns;
        float* result = part.Scratch;
        float* panel = part.Scratch + Aligned(ResultFloats(Rows, K, columns));
        nint* panelOffsets = (nint*)(panel + GatheredFloats(K));
        nint firstRow = PanelRow(from), column = 0;
        for (nint unit = 0; unit < units; unit++)
        {
            for (nint at = 0; at < length;)
            {
                nint rest = length - at;
                bool wide = rest > kernels.Lanes;
                nint width = wide ? kernels.PanelColumns : kernels.Lanes, start = at;
                float* b;
                nint* rows = offsets;
                if (Gathered)
                {
                    Gather(part, at, nint.Min(width, rest), width, offsets, kCount, panel, panelOffsets);
                    b = panel;
                    rows = panelOffsets;
                }
                else
                {
                    // The last outputs once more with those before them, in place of elements behind the planes.
                    if (IsTight && rest < width)
                        start = length - width;
                    b = part.Planes + (unit * part.ImageStride) + start;
                }
                nint count = nint.Min(width, length - start);
                for (nint p = from; p < to; p++)
                {
                    nint row = PanelRow(p), height = PanelRow(p + 1) - row;
                    float* c = blocks == 1 ? result : result + ((row - firstRow) * ldc) + column;
                    kernels.Kernel(height, wide)(kCount, packed + (row * kCount), b, rows, c, ldc, block == 0 ? 0 : 1);
                    if (block == blocks - 1)
                        Emit(part, epilogue, c, ldc, row, height, unit, start, count, width);
                }
                at += width;
                column += width;
            }
        }
    }

    /// <summary>
    /// Some columns of B side by side, from output <paramref name="first"/> of all outputs of all images on. Each piece of an
    /// output row is copied by one vector; what it writes too much, the next piece, or the next row of the panel, overwrites.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Gather(in Part part, nint first, nint count, nint width, nint* offsets, nint kCount, float* panel, nint* panelOffsets)
    {
        nint* places = stackalloc nint[MicroKernels.MaxPanelColumns];
        nint* columns = stackalloc nint[MicroKernels.MaxPanelColumns];
        (nint image, nint rest) = nint.DivRem(first, part.GridRows * GridColumns);
        (nint row, nint column) = nint.DivRem(rest, GridColumns);
        nint pieces = 0;
        for (nint j = 0; j < count;)
        {
            nint length = nint.Min(nint.Min(PieceLength, GridColumns - column), count - j);
            places[pieces] = (image * part.ImageStride) + (row * Pitch) + column;
            columns[pieces++] = j;
            j += length;
            column += length;
            if (column == GridColumns)
            {
                column = 0;
                if (++row == part.GridRows)
                    (row, image) = (0, image + 1);
            }
        }
        for (nint k = 0; k < kCount; k++, panel += width)
        {
            panelOffsets[k] = k * width;
            float* source = part.Planes + offsets[k];
            for (nint piece = 0; piece < pieces; piece++)
                Vector512.Load(source + places[piece]).Store(panel + columns[piece]);
        }
    }

    /// <summary>A piece of the product, row panel by columns, to where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Emit<TEpilogue>(
        in Part part, TEpilogue epilogue, float* c, nint ldc, nint firstRow, nint height, nint image, nint start, nint count, nint width)
        where TEpilogue : struct, IEpilogue
    {
        nint pitch = Gathered ? GridColumns : Pitch, columns = GridColumns;
        nint gridRow, gridColumn;
        if (Gathered)
        {
            (image, nint rest) = nint.DivRem(start, part.GridRows * GridColumns);
            (gridRow, gridColumn) = nint.DivRem(rest, GridColumns);
        }
        else
        {
            (gridRow, gridColumn) = nint.DivRem(start, pitch);
        }
        if (TEpilogue.IgnoresColumn && typeof(TEpilogue) != typeof(NoEpilogue))
        {
            // The whole width: what lies between and behind the outputs is changed with them, and then left behind.
            for (nint i = 0; i < height; i++)
                epilogue.Apply(c + (i * ldc), width, part.EpilogueRow + firstRow + i, 0);
        }
        float* target = part.Target + (image * part.TargetImageStride) + (firstRow * TargetStride);
        for (nint j = 0; j < count;)
        {
            nint length = nint.Min(count - j, columns - gridColumn);
            if (length > 0)
            {
                nint place = (gridRow * RowStep) + (gridColumn * ColumnStep);
                if (ColumnStep == 1)
                    CopyRows(c + j, ldc, target + place, TargetStride, height, length);
                else
                    SpreadRows(c + j, ldc, target + place, TargetStride, height, length, ColumnStep);
                for (nint i = 0; i < height && !TEpilogue.IgnoresColumn; i++)
                    epilogue.Apply(target + place + (i * TargetStride), length, part.EpilogueRow + firstRow + i, part.EpilogueColumn + (image * part.EpilogueImage) + place);
            }
            // To the next output row; what lies between is nobody's.
            nint step = pitch - gridColumn;
            j += step;
            gridColumn = 0;
            gridRow++;
            if (Gathered && gridRow == part.GridRows)
            {
                (gridRow, image) = (0, image + 1);
                target += part.TargetImageStride;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Zero(in Part part)
    {
        for (nint image = 0; image < part.Images; image++)
        {
            for (nint row = PanelRow(part.FirstPanel); row < PanelRow(part.EndPanel); row++)
            {
                float* target = part.Target + (image * part.TargetImageStride) + (row * TargetStride);
                for (nint gridRow = 0; gridRow < part.GridRows; gridRow++, target += RowStep)
                {
                    for (nint column = 0; column < GridColumns; column++)
                        target[column * ColumnStep] = 0;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CopyRows(float* source, nint ld, float* target, nint stride, nint rows, nint count)
    {
        for (nint i = 0; i < rows; i++, source += ld, target += stride)
            Blocks.Copy(source, target, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SpreadRows(float* source, nint ld, float* target, nint stride, nint rows, nint count, nint step)
    {
        for (nint i = 0; i < rows; i++, source += ld, target += stride)
        {
            for (nint j = 0; j < count; j++)
                target[j * step] = source[j];
        }
    }
}
