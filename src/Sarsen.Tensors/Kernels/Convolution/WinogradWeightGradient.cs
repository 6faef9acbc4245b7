using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution's weights where <see cref="WinogradConvolution"/> takes the convolution: the gradients of the
/// same transforms. For each element of a transform it is a product of channels by tiles with tiles by filters:
/// <code>dg = Gᵀ (Σ over tiles of (Bᵀ d B) ∘ (A dy Aᵀ)) G</code>
/// The tiles of <see cref="ProductImages"/> images, or of some rows of one, form the terms of one product; products are added
/// ascending within spans of images, and spans ascending. All of it follows from the sizes of one picture and of the weights.
/// </summary>
internal readonly unsafe struct WinogradWeightGradient
{
    /// <summary>The most terms of a product.</summary>
    private const nint MostTiles = 64;

    /// <summary>Floats of transformed inputs that leave the second-level cache room for the rest.</summary>
    private const nint CacheFloats = 144 * 1024;

    private const nint Group = WinogradTiles.Group;

    private const nint PanelFilters = MicroKernels.MaxPanelColumns;

    /// <summary>Between the elements of a transform, so that they do not fall on equal cache lines.</summary>
    private const nint Gap = 16;

    private readonly Conv2dShape _shape;
    private readonly WinogradTiles _inputs, _outputs;
    private readonly nint _elements, _images, _rows, _spanImages, _spans, _channelBlocks, _panelBlocks;

    public static bool Takes(in Conv2dShape shape) => WinogradConvolution.Takes(shape);

    public WinogradWeightGradient(in Conv2dShape shape, int threads)
    {
        _shape = shape;
        _inputs = WinogradConvolution.TilesOf(shape, isGradient: false);
        _outputs = _inputs with { Channels = (nint)shape.Filters, Height = (nint)shape.OutHeight, Width = (nint)shape.OutWidth, Top = 0, Left = 0 };
        _elements = (_inputs.Step + 2) * (_inputs.Step + 2);
        _images = ProductImages(_inputs);
        _rows = _images > 1 ? _inputs.Rows : Ceiling(_inputs.Rows, Ceiling(_inputs.Rows, nint.Max(1, MostTiles / _inputs.Columns)));
        _spanImages = WeightGradient.SpanImages(shape, _images);
        _spans = Ceiling((nint)shape.Batch, _spanImages);
        nint missing = Ceiling(threads, nint.Max(1, _spans));
        _panelBlocks = nint.Min(missing, Panels);
        nint fitting = nint.Max(1, CacheFloats / (_elements * Terms * Group)) * Group;
        _channelBlocks = Ceiling((nint)shape.Channels, fitting);
    }

    /// <summary>A power of two, so that spans come out even.</summary>
    private static nint ProductImages(in WinogradTiles tiles)
    {
        nint images = 1;
        while (2 * images * tiles.Rows * tiles.Columns <= MostTiles)
            images *= 2;
        return images;
    }

    public long WorkspaceBytes(int threads) => IsEmpty ? 0 : (PlaceFloats + SumFloats + (LaneFloats * threads)) * sizeof(float);

    public void Run(float* x, float* dy, float* dweight, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (IsEmpty)
        {
            Zeros.Run(workers, dweight, _shape.WeightCount * sizeof(float));
            return;
        }
        nint* places = (nint*)workspace;
        for (nint tile = 0; tile < Terms; tile++)
            places[tile] = tile * BlockChannels;
        float* sums = (float*)workspace + PlaceFloats;
        var job = new SumJob { Gradient = this, X = x, Dy = dy, Kernels = kernels, Places = places, Sums = sums, Lanes = sums + SumFloats };
        workers.ForLanes(ref job, (int)(_spans * _panelBlocks * _channelBlocks));
        var finish = new FinishJob { Gradient = this, Sums = sums, Dweight = dweight, Kernels = kernels };
        workers.For(ref finish, (int)(Ceiling((nint)_shape.Filters, Group) * Ceiling((nint)_shape.Channels, Group)));
    }

    private bool IsEmpty => _shape.Batch == 0;

    private nint Terms => _images * _rows * _inputs.Columns;

    private nint Panels => Ceiling((nint)_shape.Filters, PanelFilters);

    private nint BlockChannels => Ceiling(Ceiling((nint)_shape.Channels, _channelBlocks), Group) * Group;

    private long PlaceFloats => Aligned(Terms * (sizeof(nint) / sizeof(float)));

    private nint InputStep => (Terms * BlockChannels) + Gap;

    private nint OutputStep => (Terms * PanelFilters) + Gap;

    /// <summary>From one element of a panel's sums to the next.</summary>
    private nint SumStep => ((nint)_shape.Channels * PanelFilters) + Gap;

    private nint SpanFloats => Panels * _elements * SumStep;

    private long SumFloats => (long)_spans * SpanFloats;

    private nint BandFloats => (nint)Aligned(nint.Max(_inputs.BandFloats(_rows, _inputs.Step + 2), _outputs.BandFloats(_rows, _inputs.Step)));

    private long LaneFloats => BandFloats + (_elements * ((long)InputStep + OutputStep));

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>The sums of some channels and filters over one span of images.</summary>
    private struct SumJob : ILaneJob, IWinogradWork
    {
        public WinogradWeightGradient Gradient;
        public float* X, Dy, Sums, Lanes;
        public nint* Places;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane) => WinogradPaths.Run(this, Kernels.Lanes, Gradient._inputs.Step, chunk, lane);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run<V, TTile>(int chunk, int lane)
            where V : struct, IVector<V>
            where TTile : struct, IWinogradTile
        {
            ref readonly WinogradWeightGradient g = ref Gradient;
            (nint rest, nint channelBlock) = nint.DivRem(chunk, g._channelBlocks);
            (nint span, nint panelBlock) = nint.DivRem(rest, g._panelBlocks);
            nint channel = channelBlock * g.BlockChannels, channels = nint.Min(g.BlockChannels, (nint)g._shape.Channels - channel);
            nint panelEnd = g.Panels * (panelBlock + 1) / g._panelBlocks, end = nint.Min((nint)g._shape.Batch, (span + 1) * g._spanImages);
            float* band = Lanes + (lane * (nint)g.LaneFloats), inputs = band + g.BandFloats, outputs = inputs + (g._elements * g.InputStep);
            bool accumulate = false;
            for (nint image = span * g._spanImages; image < end; image += g._images)
            {
                nint images = nint.Min(g._images, end - image);
                for (nint row = 0; row < g._inputs.Rows; row += g._rows, accumulate = true)
                {
                    nint rows = nint.Min(g._rows, g._inputs.Rows - row), perImage = rows * g._inputs.Columns;
                    for (nint c = 0; c < channels; c += Group)
                    {
                        for (nint i = 0; i < images; i++)
                            g._inputs.Transform<V, InputOf<TTile>>(X + ((image + i) * (nint)g._shape.Channels * g._shape.Plane), channel + c, row, rows, band,
                                inputs + (i * perImage * g.BlockChannels) + c, g.BlockChannels, g.InputStep, Kernels.Lanes);
                    }
                    for (nint panel = g.Panels * panelBlock / g._panelBlocks; panel < panelEnd; panel++)
                    {
                        nint first = panel * PanelFilters, filters = nint.Min(PanelFilters, (nint)g._shape.Filters - first);
                        for (nint f = 0; f < filters; f += Group)
                        {
                            for (nint i = 0; i < images; i++)
                                g._outputs.Transform<V, OutputGradientOf<TTile>>(Dy + ((image + i) * (nint)g._shape.Filters * g._shape.OutPlane), first + f, row, rows, band,
                                    outputs + (i * perImage * PanelFilters) + f, PanelFilters, g.OutputStep, Kernels.Lanes);
                        }
                        float* sums = Sums + (span * g.SpanFloats) + (panel * g._elements * g.SumStep) + (channel * PanelFilters);
                        g.Multiply(inputs, outputs, images * perImage, channels, filters, sums, Places, accumulate, Kernels);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Multiply(float* inputs, float* outputs, nint tiles, nint channels, nint filters, float* sums, nint* places, bool accumulate, MicroKernels kernels)
    {
        float** rows = stackalloc float*[16];
        nint panels = Ceiling(channels, kernels.MaxTaps);
        for (nint element = 0; element < _elements; element++, inputs += InputStep, outputs += OutputStep, sums += SumStep)
        {
            for (nint p = 0; p < panels; p++)
            {
                nint first = channels * p / panels, height = (channels * (p + 1) / panels) - first;
                for (nint i = 0; i < height; i++)
                    rows[i] = inputs + first + i;
                for (nint j = 0; j < filters; j += kernels.PanelColumns)
                {
                    bool wide = filters - j > kernels.Lanes;
                    kernels.TapKernel(height, wide)(tiles, places, rows, outputs + j, PanelFilters, sums + (first * PanelFilters) + j, PanelFilters, accumulate ? 1 : 0);
                }
            }
        }
    }

    /// <summary>The spans of sixteen filters and sixteen channels added, ascending, and turned into gradients of weights.</summary>
    private struct FinishJob : IChunkJob, IWinogradWork
    {
        public WinogradWeightGradient Gradient;
        public float* Sums, Dweight;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk) => WinogradPaths.Run(this, Kernels.Lanes, Gradient._inputs.Step, chunk);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run<V, TTile>(int chunk, int lane)
            where V : struct, IVector<V>
            where TTile : struct, IWinogradTile
        {
            ref readonly WinogradWeightGradient g = ref Gradient;
            (nint group, nint block) = nint.DivRem(chunk, Ceiling((nint)g._shape.Channels, Group));
            nint filter = group * Group, channel = block * Group, channels = nint.Min(Group, (nint)g._shape.Channels - channel);
            float* totals = stackalloc float[(int)(g._elements * Group)], taps = stackalloc float[(int)(9 * Group * Group)];
            float* sums = Sums + (filter / PanelFilters * g._elements * g.SumStep) + (channel * PanelFilters) + (filter % PanelFilters);
            for (nint c = 0; c < channels; c++, sums += PanelFilters)
            {
                float* source = sums;
                nint step = g.SumStep;
                if (g._spans > 1)
                {
                    for (nint element = 0; element < g._elements; element++)
                    {
                        V total = V.Load(sums + (element * step));
                        for (nint span = 1; span < g._spans; span++)
                            total += V.Load(sums + (span * g.SpanFloats) + (element * step));
                        total.Store(totals + (element * Group));
                    }
                    source = totals;
                    step = Group;
                }
                TTile.WeightGradient<V>(source, step, taps + (c * 9 * Group), Group);
            }
            float* target = Dweight + (((filter * (nint)g._shape.Channels) + channel) * 9);
            WinogradTiles.ToPlanes(taps, channels * 9, nint.Min(Group, (nint)g._shape.Filters - filter), target, (nint)g._shape.Channels * 9, Kernels.Lanes);
        }
    }
}
