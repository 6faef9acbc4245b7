using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A convolution whose groups are single channels, or its data gradient: no matrix product, but for each plane a chain of
/// multiply-adds by its few weights, sixteen columns and four rows at a time. Its sums are those of
/// <see cref="DirectConvolution"/>, to the bit. Items of work are bands of rows of a channel of an image.
/// </summary>
internal readonly unsafe struct DepthwiseConvolution
{
    /// <summary>Floats of padded planes that leave the first-level cache room for what is written.</summary>
    private const nint BandFloats = 6 * 1024;

    private const int TileRows = 4;

    /// <summary>With 25 taps the matrix kernels are the faster ones, with 9 these.</summary>
    private const nint MostTaps = 12;

    /// <summary>Floats that a block of sixteen columns may look at behind the planes' last.</summary>
    private const nint Slack = 16;

    /// <summary>Phases of a gradient are as many as the strides' product, each with its own list of taps.</summary>
    private const nint MostStride = 8;

    private readonly Conv2dShape _shape;
    private readonly bool _isGradient, _isSquare;
    private readonly ConvAxis _rowAxis, _columnAxis;
    private readonly nint _phaseRows, _phaseColumns, _rows, _bands;
    private readonly ConvPlanes _planes;

    public static DepthwiseConvolution Forward(in Conv2dShape shape) => new(shape, isGradient: false);

    public static DepthwiseConvolution BackwardData(in Conv2dShape shape) => new(shape, isGradient: true);

    private DepthwiseConvolution(in Conv2dShape shape, bool isGradient)
    {
        (_shape, _isGradient) = (shape, isGradient);
        _isSquare = DepthwiseSquare.Fills(shape) && (!isGradient || shape.GroupFilters == 1);
        Window2d window = shape.Window;
        (_phaseRows, _phaseColumns) = isGradient ? ((nint)window.StrideHeight, (nint)window.StrideWidth) : (1, 1);
        _rowAxis = isGradient
            ? DirectConvolution.GradientAxis(shape.Height, shape.OutHeight, window.StrideHeight, window.DilationHeight, window.KernelHeight, window.PadTop)
            : ConvAxis.Rows(shape);
        _columnAxis = isGradient
            ? DirectConvolution.GradientAxis(shape.Width, shape.OutWidth, window.StrideWidth, window.DilationWidth, window.KernelWidth, window.PadLeft)
            : ConvAxis.Columns(shape);
        // Rows of the planes for one row of the result, about: a band has as many as fit, in whole tiles.
        nint rowFloats = nint.Max(1, Sources * _rowAxis.Phases * _columnAxis.Phases * _columnAxis.Length);
        nint reach = _rowAxis.Length - _rowAxis.Outputs, fitting = (BandFloats / rowFloats) - reach;
        _rows = nint.Clamp(fitting / TileRows * TileRows, nint.Min(TileRows, nint.Max(1, _rowAxis.Outputs)), nint.Max(1, _rowAxis.Outputs));
        _bands = (_rowAxis.Outputs + _rows - 1) / _rows;
        _planes = new ConvPlanes(_rowAxis with { Outputs = _rows }, _columnAxis, canStay: false);
    }

    /// <summary>Whether it is the faster one: channels apart, and few taps. <see cref="DirectConvolution"/> gives the same bits.</summary>
    public static bool Takes(in Conv2dShape shape) => shape.KernelArea <= MostTaps && Fits(shape);

    /// <summary>Channels apart, a sum of one block of <see cref="KBlocks"/>, planes that fit in caches.</summary>
    internal static bool Fits(in Conv2dShape shape)
    {
        Window2d window = shape.Window;
        long wide = Math.Max(shape.Width, shape.OutWidth) + window.SpanWidth, rows = (TileRows * window.StrideHeight) + window.SpanHeight;
        return shape.Groups > 1 && shape.GroupChannels == 1 && shape.KernelArea * shape.GroupFilters <= KBlocks.MaxLength
            && Math.Max(window.StrideHeight, window.StrideWidth) <= MostStride && wide <= 1 << 16 && rows * wide * shape.GroupFilters <= 1 << 20;
    }

    /// <summary>Bytes of scratch memory for <see cref="Run"/>.</summary>
    public long WorkspaceBytes(int threads) => LaneFloats * threads * sizeof(float);

    public void Run<TEpilogue>(float* source, float* weight, float* target, TEpilogue epilogue, Workers workers, void* workspace)
        where TEpilogue : struct, IEpilogue
    {
        if (_rowAxis.Outputs == 0 || _columnAxis.Outputs == 0)
            return;
        var range = new Bands<TEpilogue> { Convolution = this, Source = source, Weight = weight, Target = target, Epilogue = epilogue, Lanes = (float*)workspace };
        long cost = 64 + ((long)_rows * _columnAxis.Outputs * _shape.KernelArea * _shape.GroupFilters / 4);
        VectorRanges.ForLanes(workers, ref range, _shape.Batch * _shape.Groups * _bands, cost);
    }

    /// <summary>Planes read for one item: of x one, of dy those of the channel's filters.</summary>
    private nint Sources => _isGradient ? _shape.GroupFilters : 1;

    private nint LaneFloats => ((Sources * _planes.ChannelStride) + Slack + 15) & ~15;

    /// <summary>Where the terms of each phase stand in the planes, and which weights of a channel's they are; the phases one after the other.</summary>
    private ref struct Terms
    {
        public nint* Offsets, Weights, Counts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Find(in Terms terms)
    {
        Window2d window = _shape.Window;
        nint at = 0;
        for (nint phase = 0; phase < _phaseRows * _phaseColumns; phase++)
        {
            nint first = at;
            for (nint term = 0; term < Sources * _shape.KernelArea; term++)
            {
                (nint source, nint tap) = nint.DivRem(term, _shape.KernelArea);
                (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
                nint row = (kh * (nint)window.DilationHeight) - (nint)window.PadTop, column = (kw * (nint)window.DilationWidth) - (nint)window.PadLeft;
                if (_isGradient)
                {
                    // The element at (phase + stride · r) was seen by output r + (phase - row) / stride, where that is whole.
                    (row, column) = ((phase / _phaseColumns) - row, (phase % _phaseColumns) - column);
                    if (row % _phaseRows != 0 || column % _phaseColumns != 0)
                        continue;
                    (row, column) = (row / _phaseRows, column / _phaseColumns);
                }
                terms.Offsets[at] = _planes.Offset(source, row, column);
                terms.Weights[at++] = term;
            }
            terms.Counts[phase] = at - first;
        }
    }

    private struct Bands<TEpilogue> : IVectorLaneRange where TEpilogue : struct, IEpilogue
    {
        public DepthwiseConvolution Convolution;
        public float* Source, Weight, Target, Lanes;
        public TEpilogue Epilogue;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>
        {
            ref readonly DepthwiseConvolution c = ref Convolution;
            float* scratch = Lanes + (lane * c.LaneFloats);
            // What lies there decides nothing, but may be slow to compute with.
            new Span<float>(scratch + c.LaneFloats - Slack - 16, (int)Slack + 16).Clear();
            nint* offsets = stackalloc nint[KBlocks.MaxLength], weights = stackalloc nint[KBlocks.MaxLength], counts = stackalloc nint[(int)(MostStride * MostStride)];
            var terms = new Terms { Offsets = offsets, Weights = weights, Counts = counts };
            c.Find(terms);
            float* ordered = stackalloc float[KBlocks.MaxLength];
            for (long item = begin; item < end; item++)
            {
                (nint plane, nint band) = nint.DivRem((nint)item, c._bands);
                (nint image, nint channel) = nint.DivRem(plane, (nint)c._shape.Channels);
                if (c._isGradient)
                    c.Gradient<V>(terms, Source, Weight, Target, image, channel, band * c._rows, scratch, ordered);
                else
                    c.Filters<V, TEpilogue>(terms, Source, Weight, Target, Epilogue, image, channel, band * c._rows, scratch);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Filters<V, TEpilogue>(in Terms terms, float* x, float* weight, float* y, TEpilogue epilogue, nint image, nint channel, nint row, float* scratch)
        where V : struct, IVector<V>
        where TEpilogue : struct, IEpilogue
    {
        nint width = (nint)_shape.OutWidth, rows = nint.Min(_rows, (nint)_shape.OutHeight - row), area = _shape.KernelArea;
        float* picture = x + (((image * (nint)_shape.Channels) + channel) * _shape.Plane);
        bool inPlace = _isSquare && rows >= DepthwiseSquare.TileRows;
        float* planes = inPlace ? null : _planes.Of(picture, 1, row, scratch);
        for (nint filter = channel * _shape.GroupFilters; filter < (channel + 1) * _shape.GroupFilters; filter++)
        {
            nint place = (row * width) + (image * _shape.OutPlane);
            float* to = y + (((image * (nint)_shape.Filters) + filter) * _shape.OutPlane) + (row * width);
            if (inPlace)
                new DepthwiseSquare(picture, (nint)_shape.Height, width).Results<V>(weight + (filter * area), isGradient: false, row, rows, to);
            else
                Grid<V>(new DepthwiseTaps(planes, terms.Offsets, weight + (filter * area), area, _planes.Pitch), to, rows, width, width, 1);
            if (typeof(TEpilogue) != typeof(NoEpilogue))
                epilogue.Apply(to, rows * width, filter, place);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradient<V>(in Terms terms, float* dy, float* weight, float* dx, nint image, nint channel, nint row, float* scratch, float* ordered) where V : struct, IVector<V>
    {
        nint filters = _shape.GroupFilters, width = (nint)_shape.Width, height = (nint)_shape.Height;
        float* source = dy + (((image * (nint)_shape.Filters) + (channel * filters)) * _shape.OutPlane);
        float* to = dx + (((image * (nint)_shape.Channels) + channel) * _shape.Plane);
        if (_isSquare && nint.Min(_rows, height - row) >= DepthwiseSquare.TileRows)
        {
            new DepthwiseSquare(source, height, width).Results<V>(weight + (channel * _shape.KernelArea), isGradient: true, row, nint.Min(_rows, height - row), to + (row * width));
            return;
        }
        float* planes = _planes.Of(source, filters, row, scratch);
        for (nint at = 0; at < filters * _shape.KernelArea; at++)
            ordered[at] = weight[(channel * filters * _shape.KernelArea) + terms.Weights[at]];
        nint* offsets = terms.Offsets;
        for (nint phase = 0; phase < _phaseRows * _phaseColumns; phase++)
        {
            // Rows phaseRow, phaseRow + stride, … of dx, and columns alike.
            (nint phaseRow, nint phaseColumn) = nint.DivRem(phase, _phaseColumns);
            nint rows = nint.Min(_rows, (((nint)_shape.Height - phaseRow + _phaseRows - 1) / _phaseRows) - row);
            nint columns = (width - phaseColumn + _phaseColumns - 1) / _phaseColumns;
            float* corner = to + (((row * _phaseRows) + phaseRow) * width) + phaseColumn;
            Grid<V>(new DepthwiseTaps(planes, offsets, ordered, terms.Counts[phase], _planes.Pitch), corner, rows, columns, _phaseRows * width, _phaseColumns);
            offsets += terms.Counts[phase];
            ordered += terms.Counts[phase];
        }
    }

    /// <summary>Rows and columns of results, <paramref name="rowStep"/> and <paramref name="columnStep"/> apart in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Grid<V>(in DepthwiseTaps taps, float* to, nint rows, nint columns, nint rowStep, nint columnStep) where V : struct, IVector<V>
    {
        bool isSquare = taps.IsSquareOfThree;
        for (nint row = 0; row < rows; row += TileRows)
        {
            // The last tile begins earlier instead of having less: what it computes again comes out the same.
            nint first = rows >= TileRows ? nint.Min(row, rows - TileRows) : row, count = nint.Min(TileRows, rows);
            for (nint block = 0; block < columns; block += 16)
            {
                // So does the last block of columns.
                nint wide = nint.Min(16, columns), column = nint.Min(block, columns - wide);
                float* at = to + (first * rowStep) + (column * columnStep);
                nint start = (first * taps.Pitch) + column;
                if (count < TileRows)
                    taps.Rows<V>(start, count, at, rowStep, columnStep, wide);
                else if (isSquare)
                    taps.TileOfThree<V>(start, at, rowStep, columnStep, wide);
                else
                    taps.Tile<V>(start, at, rowStep, columnStep, wide);
            }
        }
    }
}
