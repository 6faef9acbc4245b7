using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A convolution with windows of 3 × 3 in steps of one, or its data gradient, by <see cref="IWinogradTile"/>: the picture is
/// cut into tiles that overlap, tiles and weights are transformed, and each element of a transform has its own matrix
/// product over the source's channels, tiles by channels times channels by filters. A chunk of tiles goes through all of it
/// while it is in the second-level cache. Which tile, and whether at all, follows from the sizes of one picture alone
/// (<see cref="TileOf"/>), and the sums are ordered as <see cref="KBlocks"/> says: bits depend neither on the batch nor on threads.
/// </summary>
internal readonly unsafe struct WinogradConvolution
{
    /// <summary>Tiles of a chunk: weights that come from memory serve so many at once.</summary>
    private const nint ChunkTiles = 48;

    private const nint Group = WinogradTiles.Group;

    /// <summary>Filters whose products are computed together.</summary>
    private const nint PanelFilters = WinogradWeights.PanelTargets;

    /// <summary>Between the elements of a transform, so that they do not fall on equal cache lines.</summary>
    private const nint Gap = 16;

    private readonly Conv2dShape _shape;
    private readonly nint _outputs, _size;
    private readonly nint _sources, _targets, _outHeight, _outWidth;
    private readonly WinogradTiles _tiles;
    private readonly WinogradWeights _weights;
    private readonly nint _rows, _rowBlocks, _images, _imageBlocks, _panelBlocks;

    public static bool Takes(in Conv2dShape shape) => TileOf(shape, isGradient: false) > 0;

    public static bool TakesGradient(in Conv2dShape shape) => TileOf(shape, isGradient: true) > 0;

    public static WinogradConvolution Forward(in Conv2dShape shape, int threads) => new(shape, isGradient: false, threads);

    public static WinogradConvolution BackwardData(in Conv2dShape shape, int threads) => new(shape, isGradient: true, threads);

    private WinogradConvolution(in Conv2dShape shape, bool isGradient, int threads)
    {
        _shape = shape;
        _outputs = TileOf(shape, isGradient);
        _size = _outputs + 2;
        _tiles = TilesOf(shape, isGradient);
        (_sources, _targets) = isGradient ? ((nint)shape.Filters, (nint)shape.Channels) : ((nint)shape.Channels, (nint)shape.Filters);
        _weights = new WinogradWeights(_sources, _targets, _outputs, isGradient);
        (_outHeight, _outWidth) = isGradient ? ((nint)shape.Height, (nint)shape.Width) : ((nint)shape.OutHeight, (nint)shape.OutWidth);
        nint batch = nint.Max(1, (nint)shape.Batch);
        nint perImage = nint.Max(1, _tiles.Rows * _tiles.Columns);
        (_rows, _images) = (_tiles.Rows, 1);
        if (perImage > ChunkTiles)
            _rows = nint.Max(1, ChunkTiles / _tiles.Columns);
        else
            _images = nint.Min(batch, ChunkTiles / perImage);
        _rowBlocks = Ceiling(_tiles.Rows, nint.Max(1, _rows));
        _imageBlocks = Ceiling(batch, _images);
        // As many blocks as threads, or a multiple: images first, then rows; filters last, as their inputs are transformed again.
        _imageBlocks = nint.Min(batch, RoundUp(_imageBlocks * _rowBlocks, threads) / nint.Max(1, _rowBlocks));
        _imageBlocks = nint.Max(1, _imageBlocks);
        _images = Ceiling(batch, _imageBlocks);
        _imageBlocks = Ceiling(batch, _images);
        _rowBlocks = nint.Min(_tiles.Rows, RoundUp(_imageBlocks * _rowBlocks, threads) / _imageBlocks);
        _rows = Ceiling(_tiles.Rows, nint.Max(1, _rowBlocks));
        _rowBlocks = Ceiling(_tiles.Rows, nint.Max(1, _rows));
        _panelBlocks = nint.Min(Panels, Ceiling(threads, nint.Max(1, _imageBlocks * _rowBlocks)));
    }

    /// <summary>What the outputs see: of a gradient, dy, as dx is the convolution of it with the weights turned by half a turn.</summary>
    public static WinogradTiles TilesOf(in Conv2dShape shape, bool isGradient)
    {
        nint outputs = nint.Max(1, TileOf(shape, isGradient)), top = (nint)shape.Window.PadTop, left = (nint)shape.Window.PadLeft;
        (nint height, nint width, nint outHeight, nint outWidth) = ((nint)shape.Height, (nint)shape.Width, (nint)shape.OutHeight, (nint)shape.OutWidth);
        return isGradient
            ? new WinogradTiles((nint)shape.Filters, outHeight, outWidth, 2 - top, 2 - left, outputs, Ceiling(height, outputs), Ceiling(width, outputs))
            : new WinogradTiles((nint)shape.Channels, height, width, top, left, outputs, Ceiling(outHeight, outputs), Ceiling(outWidth, outputs));
    }

    /// <summary>
    /// The outputs along a tile's side, 4 or 2, or 0 where plain sums are faster. Reckoned in cycles of a core for four
    /// pictures, as few of them may come at once: multiply-adds sixteen to a cycle, transforms, and weights that come from memory.
    /// </summary>
    public static int TileOf(in Conv2dShape shape, bool isGradient)
    {
        Window2d window = shape.Window;
        bool fits = !shape.PlainSums && shape.Groups == 1 && window is { KernelHeight: 3, KernelWidth: 3, StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 };
        (long sources, long targets) = isGradient ? (shape.Filters, shape.Channels) : (shape.Channels, shape.Filters);
        (long height, long width) = isGradient ? (shape.Height, shape.Width) : (shape.OutHeight, shape.OutWidth);
        if (!fits || sources < 8 || targets < 8 || height < 2 || width < 2 || Math.Max(height, width) > 1 << 20)
            return 0;
        // In sixteenths of a multiply-add for each channel of each filter.
        double four = Cost(4, transform: 500), two = Cost(2, transform: 180), plain = (4 * 9.0 * height * width) + (16 * 9 / 2.0);
        return Math.Min(four, two) > plain ? 0 : four < two ? 4 : 2;

        double Cost(long outputs, double transform)
        {
            double tiles = 4.0 * ((height + outputs - 1) / outputs) * ((width + outputs - 1) / outputs), area = (outputs + 2) * (outputs + 2);
            return (tiles * (area + (transform * (Ceiling((nint)sources, Group) + Ceiling((nint)targets, Group)) * 8 / (sources * targets)))) + (16 * area / 2);
        }
    }

    /// <summary>Bytes of scratch memory for <see cref="Run"/>; less where the weights are packed already.</summary>
    public long WorkspaceBytes(int threads, bool packed = false) =>
        IsEmpty ? 0 : (PlaceFloats + (packed ? 0 : PackedFloats) + (LaneFloats * threads)) * sizeof(float);

    /// <summary>Floats of the transformed weights, whatever the batch.</summary>
    public long PackedFloats => _weights.Floats;

    /// <summary>Transforms the weights for a <see cref="Run"/> that is given them.</summary>
    public void Pack(float* weight, float* packed, Workers workers, MicroKernels kernels)
    {
        _weights.Pack(weight, packed, workers, kernels);
    }

    /// <param name="source">What is seen.</param>
    /// <param name="weight">The weights, or null when they are packed.</param>
    /// <param name="packed">Those that <see cref="Pack"/> made, or null.</param>
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
        nint* places = (nint*)workspace;
        for (nint k = 0; k < KBlocks.MaxLength; k++)
            places[k] = k;
        float* free = (float*)workspace + PlaceFloats;
        if (packed == null)
        {
            packed = free;
            free += PackedFloats;
        }
        if (weight != null)
            Pack(weight, packed, workers, kernels);
        var job = new TileJob<TEpilogue>
        {
            Convolution = this,
            Source = source,
            Packed = packed,
            Target = target,
            Places = places,
            Lanes = free,
            Epilogue = epilogue,
            Kernels = kernels,
        };
        workers.ForLanes(ref job, (int)(_imageBlocks * _rowBlocks * _panelBlocks));
    }

    private bool IsEmpty => _shape.Batch == 0 || _outHeight == 0 || _outWidth == 0;

    private static nint PlaceFloats => KBlocks.MaxLength * sizeof(nint) / sizeof(float);

    private nint Elements => _size * _size;

    private nint Panels => _weights.Panels;

    private nint MostTiles => _images * _rows * _tiles.Columns;

    private nint SourcesAligned => Ceiling(_sources, Group) * Group;

    /// <summary>From one element of the transformed tiles to the next.</summary>
    private nint InputStep => (MostTiles * SourcesAligned) + Gap;

    private nint ProductStep => (MostTiles * PanelFilters) + Gap;

    private nint BandFloats => nint.Max(_tiles.BandFloats(_rows, _size), OutFloats);

    private nint OutFloats => nint.Min(_outHeight, _rows * _outputs) * _outWidth * Group;

    private long LaneFloats => Aligned(BandFloats) + (Elements * ((long)InputStep + ProductStep));

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    private static nint RoundUp(nint x, nint y) => Ceiling(x, y) * y;

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>Some tiles: all that follows from them for some panels of filters.</summary>
    private struct TileJob<TEpilogue> : ILaneJob, IWinogradWork where TEpilogue : struct, IEpilogue
    {
        public WinogradConvolution Convolution;
        public float* Source, Packed, Target, Lanes;
        public nint* Places;
        public TEpilogue Epilogue;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane) => WinogradPaths.Run(this, Kernels.Lanes, Convolution._outputs, chunk, lane);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run<V, TTile>(int chunk, int lane)
            where V : struct, IVector<V>
            where TTile : struct, IWinogradTile
        {
            ref readonly WinogradConvolution c = ref Convolution;
            (nint rest, nint panelBlock) = nint.DivRem(chunk, c._panelBlocks);
            (nint imageBlock, nint rowBlock) = nint.DivRem(rest, c._rowBlocks);
            nint firstImage = imageBlock * c._images, row = rowBlock * c._rows;
            float* scratch = Lanes + (lane * (nint)c.LaneFloats);
            var part = new Part
            {
                Image = firstImage,
                Images = nint.Min(c._images, (nint)c._shape.Batch - firstImage),
                Row = row,
                Rows = nint.Min(c._rows, c._tiles.Rows - row),
                Band = scratch,
                Inputs = scratch + Aligned(c.BandFloats),
                Products = scratch + Aligned(c.BandFloats) + (c.Elements * c.InputStep),
            };
            for (nint channel = 0; channel < c._sources; channel += Group)
            {
                for (nint image = 0; image < part.Images; image++)
                {
                    float* picture = Source + ((part.Image + image) * c._sources * c._tiles.Height * c._tiles.Width);
                    float* target = part.Inputs + (image * part.Rows * c._tiles.Columns * c.SourcesAligned) + channel;
                    c._tiles.Transform<V, InputOf<TTile>>(picture, channel, part.Row, part.Rows, part.Band, target, c.SourcesAligned, c.InputStep, Kernels.Lanes);
                }
            }
            nint end = c.Panels * (panelBlock + 1) / c._panelBlocks;
            for (nint panel = c.Panels * panelBlock / c._panelBlocks; panel < end; panel++)
            {
                c.Multiply(part, Packed + (panel * c._weights.PanelFloats), nint.Min(PanelFilters, c._targets - (panel * PanelFilters)), Places, Kernels);
                for (nint filter = panel * PanelFilters; filter < nint.Min(c._targets, (panel + 1) * PanelFilters); filter += Group)
                    c.TransformOutputs<V, TTile, TEpilogue>(part, Target, filter, Epilogue, Kernels.Lanes);
            }
        }
    }

    /// <summary>Some rows of tiles of some images, and memory to work in.</summary>
    private struct Part
    {
        public nint Image, Images, Row, Rows;

        /// <summary>Rows of one image, sixteen channels side by side.</summary>
        public float* Band;

        /// <summary>[element][tile][channel]</summary>
        public float* Inputs;

        /// <summary>[element][tile][filter of a panel]</summary>
        public float* Products;
    }

    /// <summary>The products of all elements, of all tiles by a panel of filters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Multiply(in Part part, float* panel, nint filters, nint* places, MicroKernels kernels)
    {
        float** rows = stackalloc float*[16];
        nint tiles = part.Images * part.Rows * _tiles.Columns, stride = SourcesAligned, length = KBlocks.Length(_sources), panels = Ceiling(tiles, kernels.MaxTaps);
        for (nint element = 0; element < Elements; element++, panel += _weights.Step)
        {
            float* inputs = part.Inputs + (element * InputStep), products = part.Products + (element * ProductStep);
            for (nint k0 = 0; k0 < _sources; k0 += length)
            {
                nint count = nint.Min(length, _sources - k0);
                for (nint p = 0; p < panels; p++)
                {
                    nint first = tiles * p / panels, height = (tiles * (p + 1) / panels) - first;
                    for (nint i = 0; i < height; i++)
                        rows[i] = inputs + ((first + i) * stride) + k0;
                    for (nint j = 0; j < filters; j += kernels.PanelColumns)
                    {
                        bool wide = filters - j > kernels.Lanes;
                        kernels.TapKernel(height, wide)(
                            count, places, rows, panel + (k0 * PanelFilters) + j, PanelFilters, products + (first * PanelFilters) + j, PanelFilters, k0 == 0 ? 0 : 1);
                    }
                }
            }
        }
    }

    /// <summary>Up to sixteen filters of all tiles, from the products to where they belong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void TransformOutputs<V, TTile, TEpilogue>(in Part part, float* target, nint filter, TEpilogue epilogue, int lanes)
        where V : struct, IVector<V>
        where TTile : struct, IWinogradTile
        where TEpilogue : struct, IEpilogue
    {
        float* edge = stackalloc float[TTile.Outputs * TTile.Outputs * (int)Group];
        nint filters = nint.Min(Group, _targets - filter), step = ProductStep, plane = _outHeight * _outWidth;
        nint top = part.Row * TTile.Outputs, bottom = nint.Min(_outHeight, (part.Row + part.Rows) * TTile.Outputs), count = (bottom - top) * _outWidth;
        float* products = part.Products + (filter % PanelFilters);
        for (nint image = part.Image; image < part.Image + part.Images; image++)
        {
            for (nint row = top; row < bottom; row += TTile.Outputs)
            {
                for (nint column = 0; column < _outWidth; column += TTile.Outputs, products += PanelFilters)
                {
                    float* pixels = part.Band + ((((row - top) * _outWidth) + column) * Group);
                    if (row + TTile.Outputs <= bottom && column + TTile.Outputs <= _outWidth)
                        TTile.Output<V>(products, step, pixels, _outWidth * Group);
                    else
                    {
                        TTile.Output<V>(products, step, edge, TTile.Outputs * Group);
                        for (nint i = 0; i < nint.Min(TTile.Outputs, bottom - row); i++)
                        {
                            for (nint j = 0; j < nint.Min(TTile.Outputs, _outWidth - column); j++)
                                V.Load(edge + (((i * TTile.Outputs) + j) * Group)).Store(pixels + (((i * _outWidth) + j) * Group));
                        }
                    }
                }
            }
            float* first = target + (((image * _targets) + filter) * plane) + (top * _outWidth);
            WinogradTiles.ToPlanes(part.Band, count, filters, first, plane, lanes);
            if (typeof(TEpilogue) != typeof(NoEpilogue))
            {
                for (nint i = 0; i < filters; i++)
                    epilogue.Apply(first + (i * plane), count, filter + i, (image * plane) + (top * _outWidth));
            }
        }
    }
}
