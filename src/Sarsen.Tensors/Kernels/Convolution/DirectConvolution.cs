using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A convolution, or its data gradient, by <see cref="DirectProduct"/>s. A data gradient with strides is one product for
/// each phase of the picture: the elements at equal rows and columns modulo the strides see the same taps, whole steps apart
/// in dy. Terms of a sum are ordered by source channel, then kh, then kw, those of padding included. How the work is cut may
/// follow the batch and the threads: no sum is cut with it.
/// </summary>
internal readonly unsafe struct DirectConvolution
{
    /// <summary>Columns of one call below which reading the weights would weigh.</summary>
    private const nint MinColumns = 256;

    /// <summary>Floats of a result between its blocks of K that stay in the second-level cache.</summary>
    private const nint CacheFloats = 96 * 1024;

    private readonly Conv2dShape _shape;
    private readonly bool _isGradient;
    private readonly ConvAxis _rowAxis, _columnAxis;
    private readonly nint _sources, _targets, _phaseRows, _phaseColumns;
    private readonly nint _images, _imageBlocks, _rows, _rowBlocks, _panelBlocks;
    private readonly ConvPlanes _planes;

    public static DirectConvolution Forward(in Conv2dShape shape, int threads) => new(shape, isGradient: false, threads);

    public static DirectConvolution BackwardData(in Conv2dShape shape, int threads) => new(shape, isGradient: true, threads);

    private DirectConvolution(in Conv2dShape shape, bool isGradient, int threads)
    {
        (_shape, _isGradient) = (shape, isGradient);
        Window2d window = shape.Window;
        (_sources, _targets) = isGradient ? (shape.GroupFilters, shape.GroupChannels) : (shape.GroupChannels, shape.GroupFilters);
        (_phaseRows, _phaseColumns) = isGradient ? ((nint)window.StrideHeight, (nint)window.StrideWidth) : (1, 1);
        if (isGradient)
        {
            _rowAxis = GradientAxis(shape.Height, shape.OutHeight, window.StrideHeight, window.DilationHeight, window.KernelHeight, window.PadTop);
            _columnAxis = GradientAxis(shape.Width, shape.OutWidth, window.StrideWidth, window.DilationWidth, window.KernelWidth, window.PadLeft);
        }
        else
        {
            _rowAxis = ConvAxis.Rows(shape);
            _columnAxis = ConvAxis.Columns(shape);
        }

        nint batch = (nint)shape.Batch, gridRows = _rowAxis.Outputs, pitch = _columnAxis.Length, positions = nint.Max(1, gridRows * pitch);
        nint most = nint.Clamp(CacheFloats / nint.Min(_targets, DirectProduct.BlockRows), MinColumns, 8 * MinColumns);
        (_rows, _images) = (gridRows, 1);
        if (positions > most)
            _rows = nint.Max(1, most / pitch);
        else
            _images = nint.Clamp(nint.Min(MinColumns / positions, Ceiling(batch, threads)), 1, nint.Max(1, batch));
        _imageBlocks = Ceiling(batch, _images);
        nint missing = Ceiling(threads, nint.Max(1, _imageBlocks * Ceiling(gridRows, nint.Max(1, _rows)) * (nint)shape.Groups));
        _panelBlocks = 1;
        if (missing > 1 && positions / missing >= MinColumns / 4)
            _rows = Ceiling(_rows, nint.Min(missing, _rows));
        else if (missing > 1)
            _panelBlocks = nint.Min(missing, Ceiling(_targets, MicroKernels.MaxPanelRows));
        _rowBlocks = Ceiling(gridRows, nint.Max(1, _rows));

        nint lastRows = gridRows - ((_rowBlocks - 1) * _rows);
        bool fillsPanels = ((lastRows - 1) * _columnAxis.Extent) + _columnAxis.Outputs >= MicroKernels.MaxPanelColumns;
        ConvAxis chunkRows = _rowAxis with { Outputs = _rows };
        _planes = new ConvPlanes(chunkRows, _columnAxis, canStay: false);
        if (Phases == 1 && _rowAxis.IsInside && fillsPanels && !Gathers(_columnAxis.Outputs))
            _planes = new ConvPlanes(chunkRows, _columnAxis, canStay: true);
    }

    /// <summary>Bytes of scratch memory for <see cref="Run"/>, for any kernels; less where the weights are packed already.</summary>
    public long WorkspaceBytes(int threads, bool packed = false) =>
        IsEmpty ? 0 : (SharedFloats + (packed ? 0 : PackedFloats) + (LaneFloats * threads)) * sizeof(float);

    /// <summary>Floats of all packed weights, whatever the batch.</summary>
    public long PackedFloats
    {
        get
        {
            long floats = 0;
            for (nint phase = 0; phase < Phases; phase++)
                floats += DirectProduct.PackedFloats(_targets, TermsOf(phase));
            return floats * _shape.Groups;
        }
    }

    /// <summary>Packs the weights for a <see cref="Run"/> that is given them.</summary>
    public void Pack(float* weight, float* packed, Workers workers, void* workspace, MicroKernels kernels)
    {
        var products = (DirectProduct*)workspace;
        nint groupFloats = Prepare(products, packed, kernels, out nint blocks);
        Pack(products, weight, blocks, groupFloats, workers, kernels);
    }

    /// <param name="source">What is seen.</param>
    /// <param name="weight">The weights, or null when they are packed.</param>
    /// <param name="packed">Those that <see cref="Pack(float*, float*, Workers, void*, MicroKernels)"/> made, or null.</param>
    /// <param name="target">What is computed.</param>
    /// <param name="epilogue">Applied to each element once.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    /// <param name="kernels">The instruction set.</param>
    public void Run<TEpilogue>(
        float* source, float* weight, float* packed, float* target, TEpilogue epilogue, Workers workers, void* workspace, MicroKernels kernels)
        where TEpilogue : struct, IEpilogue
    {
        if (IsEmpty)
            return;
        var products = (DirectProduct*)workspace;
        float* free = (float*)workspace + SharedFloats;
        if (packed == null)
        {
            packed = free;
            free += PackedFloats;
        }
        nint groupFloats = Prepare(products, packed, kernels, out nint blocks);
        if (weight != null)
            Pack(products, weight, blocks, groupFloats, workers, kernels);
        var job = new ProductJob<TEpilogue>
        {
            Convolution = this,
            Products = products,
            Source = source,
            Target = target,
            Epilogue = epilogue,
            Kernels = kernels,
            GroupFloats = groupFloats,
            Lanes = free,
            LaneFloats = (nint)LaneFloats,
        };
        workers.ForLanes(ref job, (int)(_imageBlocks * (nint)_shape.Groups * _rowBlocks * _panelBlocks));
    }

    private void Pack(DirectProduct* products, float* weight, nint blocks, nint groupFloats, Workers workers, MicroKernels kernels)
    {
        var pack = new PackJob { Convolution = this, Products = products, Weight = weight, Kernels = kernels, Blocks = blocks, GroupFloats = groupFloats };
        workers.For(ref pack, (int)(blocks * (nint)_shape.Groups));
    }

    private nint Phases => _phaseRows * _phaseColumns;

    private bool IsEmpty => _shape.Batch == 0 || _rowAxis.Outputs == 0 || _columnAxis.Outputs == 0;

    /// <summary>Bytes for <see cref="Pack(float*, float*, Workers, void*, MicroKernels)"/> to work in.</summary>
    public long PackWorkspaceBytes => SharedFloats * sizeof(float);

    /// <summary>The products, the offsets of all their terms, and the taps of a window in the order of phases.</summary>
    private long SharedFloats =>
        Aligned(Phases * sizeof(DirectProduct) / sizeof(float)) + (2 * Aligned((_sources + 1) * _shape.KernelArea * (sizeof(nint) / sizeof(float))));

    private long LaneFloats
    {
        get
        {
            long scratch = 0;
            for (nint phase = 0; phase < Phases; phase++)
                scratch = Math.Max(scratch, DirectProduct.ScratchFloats(_targets, TermsOf(phase), DirectProduct.Columns(_images, _rows, ColumnsOf(phase), _planes.Pitch)));
            return PlanesFloats + scratch;
        }
    }

    private long PlanesFloats => _planes.IsCopy ? Aligned(((long)_images * _sources * _planes.ChannelStride) + DirectProduct.Slack) : 0;

    private nint TermsOf(nint phase) => _sources * Taps(phase, null, null);

    /// <summary>Elements of a phase along one axis of the result.</summary>
    private nint ColumnsOf(nint phase) => _isGradient
        ? nint.Max(0, Ceiling((nint)_shape.Width - (phase % _phaseColumns), _phaseColumns))
        : _columnAxis.Outputs;

    private nint RowsOf(nint phase) => _isGradient
        ? nint.Max(0, Ceiling((nint)_shape.Height - (phase / _phaseColumns), _phaseRows))
        : _rowAxis.Outputs;

    /// <summary>Describes the product of each phase; returns the floats of a group's packed weights.</summary>
    private nint Prepare(DirectProduct* products, float* packed, MicroKernels kernels, out nint blocks)
    {
        nint* offsets = (nint*)((float*)products + Aligned(Phases * sizeof(DirectProduct) / sizeof(float)));
        nint* windows = offsets + (_sources * _shape.KernelArea), places = windows + _shape.KernelArea;
        float* begin = packed;
        blocks = 0;
        for (nint phase = 0; phase < Phases; phase++)
        {
            nint taps = Taps(phase, windows, places), terms = _sources * taps;
            ref DirectProduct product = ref products[phase];
            product = new DirectProduct
            {
                PanelRows = kernels.MaxRows,
                Rows = _targets,
                K = terms,
                Packed = packed,
                Offsets = offsets,
                Windows = windows,
                Taps = taps,
                GridColumns = ColumnsOf(phase),
                Pitch = _planes.Pitch,
                Gathered = Gathers(ColumnsOf(phase)),
                IsTight = !_planes.IsCopy,
                TargetStride = _isGradient ? _shape.Plane : _shape.OutPlane,
                RowStep = _isGradient ? _phaseRows * (nint)_shape.Width : (nint)_shape.OutWidth,
                ColumnStep = _phaseColumns,
            };
            for (nint s = 0; s < _sources; s++)
            {
                for (nint t = 0; t < taps; t++)
                    *offsets++ = (s * _planes.ChannelStride) + places[t];
            }
            windows += taps;
            packed += DirectProduct.PackedFloats(_targets, terms);
            blocks += DirectProduct.KBlockCount(terms);
        }
        return (nint)(packed - begin);
    }

    /// <summary>Whether gathering the columns of B, some five cycles a piece of a row, costs less than computing what no output stands for.</summary>
    private bool Gathers(nint gridColumns)
    {
        // A gathered piece is a whole vector, also where fewer elements are wanted.
        if (!_planes.IsCopy || gridColumns == 0)
            return false;
        nint rows = nint.Max(1, _rows), perImage = ((rows - 1) * _planes.Pitch) + gridColumns;
        double along = _images * (double)((perImage + 15) & ~15), exact = (_images * rows * gridColumns + 15) & ~15;
        double pieces = _images * rows * (double)(Ceiling(gridColumns, DirectProduct.PieceLength) + 0.5);
        return (along - exact) * _targets / 16 > 5 * pieces * Ceiling(_targets, DirectProduct.BlockRows);
    }

    /// <summary>How many taps a phase has; their numbers in the window and their places in the planes, when wanted, kh and kw ascending.</summary>
    private nint Taps(nint phase, nint* windows, nint* places)
    {
        Window2d window = _shape.Window;
        (nint phaseRow, nint phaseColumn) = nint.DivRem(phase, _phaseColumns);
        nint count = 0;
        for (nint kh = 0; kh < (nint)window.KernelHeight; kh++)
        {
            if (!SourceOffset(phaseRow, kh, _phaseRows, (nint)window.DilationHeight, (nint)window.PadTop, out nint row))
                continue;
            for (nint kw = 0; kw < (nint)window.KernelWidth; kw++)
            {
                if (!SourceOffset(phaseColumn, kw, _phaseColumns, (nint)window.DilationWidth, (nint)window.PadLeft, out nint column))
                    continue;
                if (places != null)
                {
                    windows[count] = (kh * (nint)window.KernelWidth) + kw;
                    places[count] = _planes.Offset(0, row, column);
                }
                count++;
            }
        }
        return count;
    }

    private bool SourceOffset(nint phase, nint tap, nint stride, nint dilation, nint before, out nint offset)
    {
        nint reach = _isGradient ? phase + before - (tap * dilation) : (tap * dilation) - before;
        offset = reach / stride;
        return reach % stride == 0;
    }

    /// <summary>Element stride · r + phase of x was seen by output r + (phase + before − tap · dilation) / stride, where that is whole.</summary>
    internal static ConvAxis GradientAxis(long size, long outputs, long stride, long dilation, long kernel, long before)
    {
        long low = long.MaxValue, high = long.MinValue;
        for (long tap = 0; tap < kernel; tap++)
        {
            long reach = before - (tap * dilation);
            // The one phase that makes it whole.
            long phase = ((-reach % stride) + stride) % stride;
            (low, high) = (Math.Min(low, (reach + phase) / stride), Math.Max(high, (reach + phase) / stride));
        }
        return new ConvAxis { Outputs = (nint)((size + stride - 1) / stride), Stride = 1, Low = (nint)low, High = (nint)high, Extent = (nint)outputs };
    }

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>One block of K of one phase's weights of one group, in the order of the kernels.</summary>
    private struct PackJob : IChunkJob
    {
        public DirectConvolution Convolution;
        public DirectProduct* Products;
        public float* Weight;
        public MicroKernels Kernels;
        public nint Blocks, GroupFloats;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            (nint group, nint block) = nint.DivRem(chunk, Blocks);
            DirectProduct* product = Products;
            for (nint count; block >= (count = DirectProduct.KBlockCount(product->K)); product++)
                block -= count;
            Conv2dShape shape = Convolution._shape;
            float* weight = Weight + (group * shape.GroupFilters * shape.FilterSize);
            if (Convolution._isGradient)
                product->PackTransposed(weight, shape.FilterSize, shape.KernelArea, block, group * GroupFloats);
            else
                product->Pack(weight, block, group * GroupFloats, Kernels);
        }
    }

    /// <summary>Some images, or rows of one, some panels of rows of the product, one group.</summary>
    private struct ProductJob<TEpilogue> : ILaneJob where TEpilogue : struct, IEpilogue
    {
        public DirectConvolution Convolution;
        public DirectProduct* Products;
        public float* Source, Target, Lanes;
        public TEpilogue Epilogue;
        public MicroKernels Kernels;
        public nint GroupFloats, LaneFloats;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            ref readonly DirectConvolution c = ref Convolution;
            Conv2dShape shape = c._shape;
            (nint rest, nint panelBlock) = nint.DivRem(chunk, c._panelBlocks);
            (rest, nint rowBlock) = nint.DivRem(rest, c._rowBlocks);
            (nint imageBlock, nint group) = nint.DivRem(rest, (nint)shape.Groups);
            nint image = imageBlock * c._images, images = nint.Min(c._images, (nint)shape.Batch - image), row = rowBlock * c._rows;
            float* scratch = Lanes + (lane * LaneFloats);

            nint sourcePlane = c._rowAxis.Extent * c._columnAxis.Extent, sourceImage = c._sources * (nint)shape.Groups * sourcePlane;
            float* pictures = Source + (image * sourceImage) + (group * c._sources * sourcePlane);
            nint copied = c._sources * c._planes.ChannelStride;
            float* planes = c._planes.Of(pictures, c._sources, row, scratch);
            for (nint i = 1; i < images && c._planes.IsCopy; i++)
                c._planes.Of(pictures + (i * sourceImage), c._sources, row, scratch + (i * copied));

            nint targetPlane = Products->TargetStride, targetImage = c._targets * (nint)shape.Groups * targetPlane;
            var part = new DirectProduct.Part
            {
                Planes = planes,
                ImageStride = c._planes.IsCopy ? copied : sourceImage,
                Images = images,
                TargetImageStride = targetImage,
                PackedOffset = group * GroupFloats,
                EpilogueRow = group * c._targets,
                EpilogueColumn = (image * targetPlane) + (row * (nint)shape.OutWidth),
                EpilogueImage = targetPlane,
                Scratch = scratch + c.PlanesFloats,
            };
            for (nint phase = 0; phase < c.Phases; phase++)
            {
                ref DirectProduct product = ref Products[phase];
                part.GridRows = nint.Min(c._rows, c.RowsOf(phase) - row);
                if (part.GridRows <= 0 || product.GridColumns == 0)
                    continue;
                nint corner = (((row * c._phaseRows) + (phase / c._phaseColumns)) * (product.RowStep / c._phaseRows)) + (phase % c._phaseColumns);
                part.Target = Target + (image * targetImage) + (group * c._targets * targetPlane) + corner;
                part.FirstPanel = product.Panels * panelBlock / c._panelBlocks;
                part.EndPanel = product.Panels * (panelBlock + 1) / c._panelBlocks;
                product.Run(part, Epilogue, Kernels);
            }
        }
    }
}
