using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The gradient of a convolution's weights, transposed: the rows of the product are taps of channels, read where they lie
/// in the planes (<see cref="ConvPlanes"/>), its columns filters, whose gradients are transposed panel by panel; its sums run
/// over the positions. <see cref="ProductImages"/> and <see cref="SpanImages(in Conv2dShape)"/> order the sums and follow from the sizes of one
/// picture and the weights; the cut into blocks of channels and filters may follow the threads.
/// </summary>
internal readonly unsafe struct WeightGradient
{
    /// <summary>Weights up to which the batch is cut into spans that are summed apart: larger ones have channels enough to share.</summary>
    private const long SpannedWeights = 64 * 1024;

    private const nint SpanLength = 8;

    /// <summary>Filters whose gradients are transposed at once.</summary>
    private const nint BlockFilters = 128;

    /// <summary>Gradient floats of a block that stay in the second-level cache.</summary>
    private const nint CacheFloats = 48 * 1024;

    private readonly Conv2dShape _shape;
    private readonly ConvAxis _rows, _columns;
    private readonly ConvPlanes _planes;
    private readonly nint _products, _spanLength, _spans, _channelBlocks, _filterBlocks;

    public WeightGradient(in Conv2dShape shape, int threads)
    {
        _shape = shape;
        (_rows, _columns) = (ConvAxis.Rows(shape), ConvAxis.Columns(shape));
        _planes = new ConvPlanes(_rows, _columns, canStay: _rows.IsInside);
        _products = nint.Max(1, nint.Min(ProductImages(shape), (nint)shape.Batch));
        _spanLength = SpanImages(shape);
        _spans = Ceiling((nint)shape.Batch, _spanLength);
        _filterBlocks = Ceiling(shape.GroupFilters, BlockFilters);
        nint fitting = nint.Max(1, CacheFloats / (nint.Min(shape.GroupFilters, BlockFilters) * shape.KernelArea));
        nint wanted = threads == 1 ? 1 : Ceiling(2 * threads, nint.Max(1, _spans * (nint)shape.Groups * _filterBlocks));
        _channelBlocks = nint.Clamp(nint.Max(Ceiling(shape.GroupChannels, fitting), wanted), 1, shape.GroupChannels);
    }

    /// <summary>Images whose positions form the terms of one product.</summary>
    public static nint ProductImages(in Conv2dShape shape) => nint.Max(1, KBlocks.MaxLength / nint.Max(1, shape.OutPlane));

    /// <summary>Images that are added, ascending, into one sum before the sums are added, ascending.</summary>
    public static nint SpanImages(in Conv2dShape shape) => SpanImages(shape, ProductImages(shape));

    /// <inheritdoc cref="SpanImages(in Conv2dShape)"/>
    internal static nint SpanImages(in Conv2dShape shape, nint productImages) =>
        shape.WeightCount > SpannedWeights ? int.MaxValue : Ceiling(SpanLength, productImages) * productImages;

    public long WorkspaceBytes(int threads) => IsEmpty ? 0 : (PositionFloats + SumFloats + (LaneFloats * threads)) * sizeof(float);

    public void Run(float* x, float* dy, float* dweight, Workers workers, void* workspace, MicroKernels kernels)
    {
        if (IsEmpty)
        {
            Zeros.Run(workers, dweight, _shape.WeightCount * sizeof(float));
            return;
        }
        nint* positions = (nint*)workspace;
        for (nint i = 0, k = 0; i < _products; i++)
        {
            for (nint row = 0; row < (nint)_shape.OutHeight; row++)
            {
                for (nint column = 0; column < (nint)_shape.OutWidth; column++, k++)
                    positions[k] = (i * ImageStride) + (row * _planes.Pitch) + column;
            }
        }
        float* sums = (float*)workspace + PositionFloats;
        var job = new SumJob { Gradient = this, X = x, Dy = dy, Kernels = kernels, Positions = positions, Sums = sums, Lanes = sums + SumFloats };
        workers.ForLanes(ref job, (int)(_spans * (nint)_shape.Groups * _filterBlocks * _channelBlocks));
        var finish = new FinishJob { Gradient = this, Sums = sums, Dweight = dweight };
        workers.For(ref finish, (int)((nint)_shape.Groups * Ceiling(_shape.GroupFilters, 16)));
    }

    private bool IsEmpty => _shape.Batch == 0 || _shape.OutPlane == 0;

    private long PositionFloats => Aligned((long)_products * _shape.OutPlane * (sizeof(nint) / sizeof(float)));

    /// <summary>From one row of sums, a tap of a channel, to the next: whole panels of filters, and no power of two.</summary>
    private nint SumStride => (nint)Aligned(Ceiling(_shape.GroupFilters, MicroKernels.MaxPanelColumns) * MicroKernels.MaxPanelColumns) + 16;

    private nint SpanFloats => (nint)_shape.Channels * _shape.KernelArea * SumStride;

    private long SumFloats => (long)_spans * SpanFloats;

    private nint BlockChannels => Ceiling(_shape.GroupChannels, _channelBlocks);

    /// <summary>From image to image in the planes of a block.</summary>
    private nint ImageStride => _planes.IsCopy ? BlockChannels * _planes.ChannelStride : (nint)_shape.Channels * _shape.Plane;

    private long PlanesFloats => _planes.IsCopy ? Aligned((long)_products * ImageStride) : 0;

    private long LaneFloats
    {
        get
        {
            nint filters = Ceiling(nint.Min(BlockFilters, _shape.GroupFilters), MicroKernels.MaxPanelColumns) * MicroKernels.MaxPanelColumns;
            return PlanesFloats + Aligned(((long)filters * _products * _shape.OutPlane) + Packing.Spill);
        }
    }

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    private static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>The sums of some channels and filters of a group over one span of images.</summary>
    private struct SumJob : ILaneJob
    {
        public WeightGradient Gradient;
        public float* X, Dy, Sums, Lanes;
        public nint* Positions;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            ref readonly WeightGradient g = ref Gradient;
            Conv2dShape shape = g._shape;
            (nint rest, nint channelBlock) = nint.DivRem(chunk, g._channelBlocks);
            (rest, nint filterBlock) = nint.DivRem(rest, g._filterBlocks);
            (nint span, nint group) = nint.DivRem(rest, (nint)shape.Groups);
            nint channel = shape.GroupChannels * channelBlock / g._channelBlocks, channels = (shape.GroupChannels * (channelBlock + 1) / g._channelBlocks) - channel;
            nint filter = filterBlock * BlockFilters, filters = nint.Min(BlockFilters, shape.GroupFilters - filter);
            nint end = nint.Min((nint)shape.Batch, (span + 1) * g._spanLength);
            float* sums = Sums + (span * g.SpanFloats) + (((group * shape.GroupChannels) + channel) * shape.KernelArea * g.SumStride) + filter;
            float* scratch = Lanes + (lane * (nint)g.LaneFloats), panels = scratch + g.PlanesFloats;
            channel += group * shape.GroupChannels;
            filter += group * shape.GroupFilters;

            for (nint image = span * g._spanLength; image < end; image += g._products)
            {
                nint images = nint.Min(g._products, end - image);
                float* pictures = X + (((image * (nint)shape.Channels) + channel) * shape.Plane);
                float* planes = g._planes.Of(pictures, channels, 0, scratch);
                for (nint i = 1; i < images && g._planes.IsCopy; i++)
                    g._planes.Of(pictures + (i * (nint)shape.Channels * shape.Plane), channels, 0, scratch + (i * g.ImageStride));
                TransposeGradients(Dy + (((image * (nint)shape.Filters) + filter) * shape.OutPlane), images, filters, panels);
                AddProduct(planes, panels, images, channels, filters, sums, accumulate: image > span * g._spanLength);
            }
        }

        /// <summary>(images, filters, positions) → panels of filters: (images · positions, panel).</summary>
        private readonly void TransposeGradients(float* dy, nint images, nint filters, float* panels)
        {
            Conv2dShape shape = Gradient._shape;
            for (nint f = 0; f < filters; f += Kernels.PanelColumns)
            {
                nint count = nint.Min(Kernels.PanelColumns, filters - f), width = count > Kernels.Lanes ? Kernels.PanelColumns : Kernels.Lanes;
                float* panel = panels + (f * images * shape.OutPlane);
                for (nint i = 0; i < images; i++)
                {
                    float* source = dy + (((i * (nint)shape.Filters) + f) * shape.OutPlane);
                    Packing.Transpose(source, shape.OutPlane, count, shape.OutPlane, panel + (i * shape.OutPlane * width), width, Kernels.Lanes);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private readonly void AddProduct(float* planes, float* panels, nint images, nint channels, nint filters, float* sums, bool accumulate)
        {
            Conv2dShape shape = Gradient._shape;
            Window2d window = shape.Window;
            nint terms = images * shape.OutPlane, length = KBlocks.Length(terms), rows = channels * shape.KernelArea, stride = Gradient.SumStride;
            nint panelCount = Ceiling(rows, Kernels.MaxTaps);
            float** taps = stackalloc float*[16];
            for (nint k0 = 0; k0 < terms; k0 += length)
            {
                nint count = nint.Min(length, terms - k0);
                for (nint p = 0, row = 0; p < panelCount; p++)
                {
                    nint height = (rows / panelCount) + (p < rows % panelCount ? 1 : 0);
                    for (nint i = 0; i < height; i++)
                    {
                        (nint channel, nint tap) = nint.DivRem(row + i, shape.KernelArea);
                        (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
                        taps[i] = planes + Gradient._planes.Offset(
                            channel, (nint)((kh * window.DilationHeight) - window.PadTop), (nint)((kw * window.DilationWidth) - window.PadLeft));
                    }
                    for (nint f = 0; f < filters; f += Kernels.PanelColumns)
                    {
                        bool wide = filters - f > Kernels.Lanes;
                        nint width = wide ? Kernels.PanelColumns : Kernels.Lanes;
                        float* b = panels + (f * terms) + (k0 * width);
                        Kernels.TapKernel(height, wide)(count, Positions + k0, taps, b, width, sums + (row * stride) + f, stride, accumulate || k0 > 0 ? 1 : 0);
                    }
                    row += height;
                }
            }
        }
    }

    /// <summary>The spans of sixteen filters added, ascending, and turned the right way round.</summary>
    private struct FinishJob : IChunkJob
    {
        public WeightGradient Gradient;
        public float* Sums, Dweight;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            ref readonly WeightGradient g = ref Gradient;
            Conv2dShape shape = g._shape;
            (nint group, nint block) = nint.DivRem(chunk, Ceiling(shape.GroupFilters, 16));
            nint size = shape.FilterSize, stride = g.SumStride, spanFloats = g.SpanFloats, filters = nint.Min(16, shape.GroupFilters - (block * 16));
            float* sums = Sums + (group * size * stride) + (block * 16);
            float* dweight = Dweight + (((group * shape.GroupFilters) + (block * 16)) * size);
            float* totals = stackalloc float[256];
            for (nint row = 0; row < size; row += 16)
            {
                nint rows = nint.Min(16, size - row);
                for (nint i = 0; i < rows; i++, sums += stride)
                {
                    Vector512<float> sum = Vector512.Load(sums);
                    for (nint span = 1; span < g._spans; span++)
                        sum += Vector512.Load(sums + (span * spanFloats));
                    sum.Store(totals + (i * 16));
                }
                for (nint f = 0; f < filters; f++)
                {
                    float* target = dweight + (f * size) + row;
                    for (nint i = 0; i < rows; i++)
                        target[i] = totals[(i * 16) + f];
                }
            }
        }
    }
}
