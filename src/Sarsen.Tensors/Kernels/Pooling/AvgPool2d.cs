using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// 2-d average pooling, as PyTorch's AvgPool2d: <c>y[p, oh, ow] = (Σ_{kh, kw} x[p, oh·sh − top + kh, ow·sw − left + kw]) / d</c>,
/// kh and kw ascending over the positions in the picture. d counts those positions, or, when padding is included, the
/// window's positions in the padded picture (what hangs over the edge in ceil mode never counts). The window has
/// dilation 1. Generic over the element, which also makes it the f64 path. Kernels trust their arguments, never throw,
/// allocate nothing.
/// </summary>
public static unsafe class AvgPool2d
{
    /// <exception cref="ShapeException">The window is dilated, which an average does not have.</exception>
    public static void Validate(in Pool2dShape shape)
    {
        if (shape.Window.DilationHeight != 1 || shape.Window.DilationWidth != 1)
            throw new ShapeException($"avg_pool2d: dilation is ({shape.Window.DilationHeight}, {shape.Window.DilationWidth}), expected 1: average pooling has no dilation");
    }

    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="countIncludePad">Whether d counts padded positions; PyTorch's default is true.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward<T>(in Pool2dShape shape, T* x, T* y, bool countIncludePad, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && HalvingAverage.Is(shape))
        {
            HalvingAverage.Forward(shape, (float*)x, (float*)y, workers);
            return;
        }
        var job = new ForwardJob<T> { Shape = shape, X = x, Y = y, CountIncludePad = countIncludePad };
        workers.For(ref job, shape.Chunks);
    }

    /// <summary><c>dx[p, h, w] = Σ dy[p, oh, ow] / d</c> over the windows that hold (h, w), oh and ow ascending.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="countIncludePad">As in <see cref="Forward"/>.</param>
    /// <param name="workers">Who does it.</param>
    public static void Backward<T>(in Pool2dShape shape, T* dy, T* dx, bool countIncludePad, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && HalvingAverage.Is(shape))
        {
            HalvingAverage.Backward(shape, (float*)dy, (float*)dx, workers);
            return;
        }
        var job = new BackwardJob<T> { Shape = shape, Dy = dy, Dx = dx, CountIncludePad = countIncludePad };
        workers.For(ref job, shape.Chunks);
    }

    /// <summary><see cref="Forward"/> by the plain definition, on the calling thread.</summary>
    public static void Reference<T>(in Pool2dShape shape, T* x, T* y, bool countIncludePad) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Window2d window = shape.Window;
        for (nint p = 0; p < (nint)shape.Planes; p++)
        {
            for (nint o = 0; o < shape.OutPlane; o++)
            {
                (nint oh, nint ow) = nint.DivRem(o, (nint)shape.OutWidth);
                T sum = T.Zero;
                long inside = 0, padded = 0;
                for (nint tap = 0; tap < (nint)(window.KernelHeight * window.KernelWidth); tap++)
                {
                    (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
                    long h = (oh * window.StrideHeight) - window.PadTop + kh, w = (ow * window.StrideWidth) - window.PadLeft + kw;
                    if (h < shape.Height + window.PadBottom && w < shape.Width + window.PadRight)
                        padded++;
                    if (h < 0 || w < 0 || h >= shape.Height || w >= shape.Width)
                        continue;
                    inside++;
                    sum += x[(p * shape.Plane) + (nint)((h * shape.Width) + w)];
                }
                y[(p * shape.OutPlane) + o] = sum / T.CreateTruncating(countIncludePad ? padded : inside);
            }
        }
    }

    private static nint Positions((nint First, nint End, nint Start) taps, long size, long behind, long kernel, bool countIncludePad) =>
        countIncludePad ? nint.Min((nint)kernel, (nint)(size + behind) - taps.Start) : taps.End - taps.First;

    private struct ForwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Pool2dShape Shape;
        public T* X, Y;
        public bool CountIncludePad;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            nint end = nint.Min((nint)Shape.Planes, (chunk + 1) * Shape.PlanesPerChunk);
            for (nint p = chunk * Shape.PlanesPerChunk; p < end; p++)
            {
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                    Row(Shape, X + (p * Shape.Plane), oh, Y + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), CountIncludePad);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row(in Pool2dShape shape, T* x, nint oh, T* y, bool countIncludePad)
        {
            Window2d window = shape.Window;
            nint width = (nint)shape.Width;
            var rows = shape.Rows(oh);
            nint high = Positions(rows, shape.Height, window.PadBottom, window.KernelHeight, countIncludePad);
            for (nint ow = 0; ow < (nint)shape.OutWidth; ow++)
            {
                var columns = shape.Columns(ow);
                nint wide = Positions(columns, shape.Width, window.PadRight, window.KernelWidth, countIncludePad);
                T sum = T.Zero;
                for (nint kh = rows.First; kh < rows.End; kh++)
                {
                    T* row = x + ((rows.Start + kh) * width) + columns.Start;
                    for (nint kw = columns.First; kw < columns.End; kw++)
                        sum += row[kw];
                }
                y[ow] = sum / T.CreateTruncating(high * wide);
            }
        }
    }

    private struct BackwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Pool2dShape Shape;
        public T* Dy, Dx;
        public bool CountIncludePad;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            nint end = nint.Min((nint)Shape.Planes, (chunk + 1) * Shape.PlanesPerChunk);
            for (nint p = chunk * Shape.PlanesPerChunk; p < end; p++)
            {
                new Span<T>(Dx + (p * Shape.Plane), (int)Shape.Plane).Clear();
                for (nint oh = 0; oh < (nint)Shape.OutHeight; oh++)
                    Row(Shape, Dy + (p * Shape.OutPlane) + (oh * (nint)Shape.OutWidth), oh, Dx + (p * Shape.Plane), CountIncludePad);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Row(in Pool2dShape shape, T* dy, nint oh, T* dx, bool countIncludePad)
        {
            Window2d window = shape.Window;
            nint width = (nint)shape.Width;
            var rows = shape.Rows(oh);
            nint high = Positions(rows, shape.Height, window.PadBottom, window.KernelHeight, countIncludePad);
            for (nint ow = 0; ow < (nint)shape.OutWidth; ow++)
            {
                var columns = shape.Columns(ow);
                nint wide = Positions(columns, shape.Width, window.PadRight, window.KernelWidth, countIncludePad);
                T share = dy[ow] / T.CreateTruncating(high * wide);
                for (nint kh = rows.First; kh < rows.End; kh++)
                {
                    T* row = dx + ((rows.Start + kh) * width) + columns.Start;
                    for (nint kw = columns.First; kw < columns.End; kw++)
                        row[kw] += share;
                }
            }
        }
    }
}
