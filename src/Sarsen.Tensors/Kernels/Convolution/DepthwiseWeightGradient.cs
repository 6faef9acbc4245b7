using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The weight gradient of a depthwise convolution, <c>dweight[f, kh, kw] = Σ dy[n, f, oh, ow] · x[n, c, …]</c>. Column ow
/// counts in lane ow mod 16; a lane's chain runs image by image, band of rows by band, in a band sixteen columns after the
/// other and row by row in these; after every <see cref="Stretch"/> elements or the next end of a band the lanes are added
/// by the tree of <see cref="IVector{TSelf}.Sum"/>, and those sums in f64. All this follows from the sizes of a picture.
/// Items of work are channels.
/// </summary>
internal readonly unsafe struct DepthwiseWeightGradient
{
    private const nint BandFloats = 6 * 1024;

    private const nint Stretch = 4096;

    private const nint Slack = 16;

    private readonly Conv2dShape _shape;
    private readonly nint _rows, _bands;
    private readonly ConvPlanes _planes;

    public DepthwiseWeightGradient(in Conv2dShape shape)
    {
        _shape = shape;
        Window2d window = shape.Window;
        ConvAxis rows = ConvAxis.Rows(shape);
        ConvAxis columns = ConvAxis.Columns(shape);
        nint rowFloats = nint.Max(1, rows.Phases * columns.Phases * columns.Length), reach = rows.Length - rows.Outputs;
        _rows = nint.Clamp((BandFloats / rowFloats) - reach, nint.Min(4, nint.Max(1, rows.Outputs)), nint.Max(1, rows.Outputs));
        _bands = (rows.Outputs + _rows - 1) / _rows;
        _planes = new ConvPlanes(rows with { Outputs = _rows }, columns, canStay: false);
    }

    /// <summary>Whether a gradient is computed so: wherever it can be, since its order is its own.</summary>
    public static bool Takes(in Conv2dShape shape) => DepthwiseConvolution.Fits(shape);

    /// <summary>Bytes of scratch memory for <see cref="Run"/>.</summary>
    public long WorkspaceBytes(int threads) => LaneFloats * threads * sizeof(float);

    public void Run(float* x, float* dy, float* dweight, Workers workers, void* workspace)
    {
        var range = new Channels { Gradient = this, X = x, Dy = dy, Dweight = dweight, Lanes = (float*)workspace };
        long cost = 64 + (_shape.Batch * (64 + (_shape.OutPlane * _shape.KernelArea * _shape.GroupFilters / 4)));
        VectorRanges.ForLanes(workers, ref range, _shape.Groups, cost);
    }

    /// <summary>The same by the plain definition: equal bits in f32, and the f64 path of gradient checks.</summary>
    public void Reference<T>(T* x, T* dy, T* dweight) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T* lanes = stackalloc T[16];
        nint width = (nint)_shape.OutWidth;
        for (nint f = 0; f < (nint)_shape.Filters; f++)
        {
            for (nint tap = 0; tap < _shape.KernelArea; tap++)
            {
                new Span<T>(lanes, 16).Clear();
                double total = 0;
                nint counted = 0;
                for (nint item = 0; item < (nint)_shape.Batch * _bands; item++)
                {
                    (nint image, nint band) = nint.DivRem(item, _bands);
                    nint row = band * _rows, end = nint.Min(row + _rows, (nint)_shape.OutHeight);
                    for (nint c = 0; c < width; c++)
                    {
                        for (nint r = row; r < end; r++)
                            lanes[c % 16] = Seen(x, dy, image, f, tap, r, c, lanes[c % 16]);
                    }
                    counted += (end - row) * width;
                    if (counted >= Stretch)
                    {
                        total += Tree(lanes);
                        counted = 0;
                    }
                }
                dweight[(f * _shape.KernelArea) + tap] = T.CreateTruncating(total + Tree(lanes));
            }
        }
    }

    private nint Terms => _shape.KernelArea * _shape.GroupFilters;

    /// <summary>Planes, sixteen lanes for each weight of a channel's filters, and their sums in f64.</summary>
    private nint LaneFloats => PlaneFloats + (16 * Terms) + ((2 * Terms + 15) & ~15);

    private nint PlaneFloats => (_planes.ChannelStride + Slack + 15) & ~15;

    private struct Channels : IVectorLaneRange
    {
        public DepthwiseWeightGradient Gradient;
        public float* X, Dy, Dweight, Lanes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>
        {
            ref readonly DepthwiseWeightGradient g = ref Gradient;
            float* scratch = Lanes + (lane * g.LaneFloats);
            // Lanes beyond a row's end count what lies here, times zero: it must be finite.
            new Span<float>(scratch, (int)g.PlaneFloats).Clear();
            for (nint channel = (nint)begin; channel < (nint)end; channel++)
                g.Channel<V>(channel, X, Dy, Dweight, scratch);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Channel<V>(nint channel, float* x, float* dy, float* dweight, float* scratch) where V : struct, IVector<V>
    {
        Window2d window = _shape.Window;
        nint area = _shape.KernelArea, filters = _shape.GroupFilters, terms = Terms, counted = 0;
        float* lanes = scratch + PlaneFloats;
        double* sums = (double*)(lanes + (16 * terms));
        new Span<float>(lanes, (int)(16 * terms)).Clear();
        new Span<double>(sums, (int)terms).Clear();
        nint* offsets = stackalloc nint[KBlocks.MaxLength];
        for (nint tap = 0; tap < area; tap++)
        {
            (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
            offsets[tap] = _planes.Offset(0, (kh * (nint)window.DilationHeight) - (nint)window.PadTop, (kw * (nint)window.DilationWidth) - (nint)window.PadLeft);
        }
        bool inPlace = DepthwiseSquare.Is(_shape), isSquare = new DepthwiseTaps(scratch, offsets, null, area, _planes.Pitch).IsSquareOfThree;
        for (nint image = 0; image < (nint)_shape.Batch; image++)
        {
            for (nint band = 0; band < _bands; band++)
            {
                nint row = band * _rows, rows = nint.Min(_rows, (nint)_shape.OutHeight - row), width = (nint)_shape.OutWidth;
                float* picture = x + (((image * (nint)_shape.Channels) + channel) * _shape.Plane);
                float* planes = inPlace ? null : _planes.Of(picture, 1, row, scratch);
                for (nint f = 0; f < filters; f++)
                {
                    float* from = dy + (((image * (nint)_shape.Filters) + (channel * filters) + f) * _shape.OutPlane) + (row * width);
                    float* into = lanes + (16 * f * area);
                    if (inPlace)
                        SquareWeights.Add<V, DepthwiseSquare.Rows>(new DepthwiseSquare(picture, (nint)_shape.Height, width).From(row), from, rows, width, into);
                    else if (isSquare)
                        SquareWeights.Add<V, PaddedRows>(new PaddedRows(planes + offsets[0], offsets[1] - offsets[0], _planes.Pitch), from, rows, width, into);
                    else
                        AnyWindow<V>(planes, offsets, from, rows, width, into);
                }
                counted += rows * width;
                if (counted >= Stretch)
                {
                    Collect<V>(lanes, sums, terms);
                    counted = 0;
                }
            }
        }
        Collect<V>(lanes, sums, terms);
        for (nint k = 0; k < terms; k++)
            dweight[(channel * terms) + k] = (float)sums[k];
    }

    private T Seen<T>(T* x, T* dy, nint image, nint filter, nint tap, nint row, nint column, T sum) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Window2d window = _shape.Window;
        (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
        nint h = (nint)((row * window.StrideHeight) - window.PadTop + (kh * window.DilationHeight)), w = (nint)((column * window.StrideWidth) - window.PadLeft + (kw * window.DilationWidth));
        if ((nuint)h >= (nuint)_shape.Height || (nuint)w >= (nuint)_shape.Width)
            return sum;
        nint plane = (image * (nint)_shape.Channels) + (filter / _shape.GroupFilters);
        T gradient = dy[(((image * (nint)_shape.Filters) + filter) * _shape.OutPlane) + (row * (nint)_shape.OutWidth) + column];
        return T.FusedMultiplyAdd(gradient, x[(plane * _shape.Plane) + (h * (nint)_shape.Width) + w], sum);
    }

    /// <summary>The sum of the lanes, which are then zero.</summary>
    private static double Tree<T>(T* lanes) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double* sums = stackalloc double[16];
        for (int i = 0; i < 16; i++)
            (sums[i], lanes[i]) = (double.CreateTruncating(lanes[i]), T.Zero);
        for (int half = 8; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                sums[i] += sums[i + half];
        }
        return sums[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Collect<V>(float* lanes, double* sums, nint terms) where V : struct, IVector<V>
    {
        V zero = V.Create(0);
        for (nint k = 0; k < terms; k++)
        {
            sums[k] += V.Sum(V.Load(lanes + (16 * k)));
            zero.Store(lanes + (16 * k));
        }
    }

    /// <summary>Taps by four: as many chains as hide the latency of one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AnyWindow<V>(float* planes, nint* offsets, float* dy, nint rows, nint width, float* lanes) where V : struct, IVector<V>
    {
        nint area = _shape.KernelArea, pitch = _planes.Pitch;
        float* unwanted = stackalloc float[16];
        for (nint k = 0; k < area; k += 4)
        {
            nint left = area - k;
            float* toB = left > 1 ? lanes + (16 * (k + 1)) : unwanted, toC = left > 2 ? lanes + (16 * (k + 2)) : unwanted, toD = left > 3 ? lanes + (16 * (k + 3)) : unwanted;
            nint atA = offsets[k], atB = offsets[nint.Min(k + 1, area - 1)], atC = offsets[nint.Min(k + 2, area - 1)], atD = offsets[nint.Min(k + 3, area - 1)];
            V a = V.Load(lanes + (16 * k)), b = V.Load(toB), c = V.Load(toC), d = V.Load(toD);
            for (nint column = 0; column < width; column += 16)
            {
                nint count = nint.Min(16, width - column);
                float* from = planes + column, gradient = dy + column;
                for (nint r = 0; r < rows; r++, from += pitch, gradient += width)
                {
                    V g = V.Load(gradient, count);
                    a = V.Fma(g, V.Load(from + atA), a);
                    b = V.Fma(g, V.Load(from + atB), b);
                    c = V.Fma(g, V.Load(from + atC), c);
                    d = V.Fma(g, V.Load(from + atD), d);
                }
            }
            a.Store(lanes + (16 * k));
            b.Store(toB);
            c.Store(toC);
            d.Store(toD);
        }
    }

    /// <summary>Rows of a plane that was copied with its padding.</summary>
    private readonly struct PaddedRows(float* planes, nint step, nint pitch) : ISquareRows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Load<V>(nint row, nint column, nint count, out V left, out V middle, out V right) where V : struct, IVector<V>
        {
            float* at = planes + (row * pitch) + column;
            (left, middle, right) = (V.Load(at), V.Load(at + step), V.Load(at + (2 * step)));
        }
    }
}
