using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// 2-d max pooling, as PyTorch's MaxPool2d: <c>y[p, oh, ow] = max_{kh, kw} x[p, oh·sh − top + kh·dh, ow·sw − left + kw·dw]</c>
/// over the positions that lie in the picture; padding never wins. Among equal values the first, row by row, wins; a
/// not-a-number beats every number, and the last one wins. A window that meets no position (a dilation larger than the
/// picture) gives −∞ and index −1. The reference is also the f64 path.
/// Nothing is added up, so the order of the work is free. Kernels trust their arguments, never throw, allocate nothing.
/// </summary>
public static unsafe class MaxPool2d
{
    /// <param name="shape">The sizes.</param>
    /// <param name="x">(Planes, Height, Width)</param>
    /// <param name="y">(Planes, OutHeight, OutWidth), overwritten.</param>
    /// <param name="indices">(Planes, OutHeight, OutWidth): where in its plane, h · Width + w, each maximum stands; or null.</param>
    /// <param name="workers">Who does it.</param>
    public static void Forward(in Pool2dShape shape, float* x, float* y, int* indices, Workers workers)
    {
        var range = new ForwardRange { Shape = shape, X = x, Y = y, Indices = indices };
        VectorRanges.For(workers, ref range, shape.Planes, shape.OutPlane * shape.Window.KernelHeight * shape.Window.KernelWidth);
    }

    /// <summary><c>dx[p, indices[p, o]] += dy[p, o]</c>, o ascending, from zero.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dy">(Planes, OutHeight, OutWidth)</param>
    /// <param name="indices">As <see cref="Forward"/> wrote them.</param>
    /// <param name="dx">(Planes, Height, Width), overwritten.</param>
    /// <param name="workers">Who does it.</param>
    public static void Backward<T>(in Pool2dShape shape, T* dy, int* indices, T* dx, Workers workers) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && IsHalving(shape))
        {
            var range = new HalvedRange { Shape = shape, Dy = (float*)dy, Indices = indices, Dx = (float*)dx };
            VectorRanges.For(workers, ref range, shape.Planes, shape.Plane);
            return;
        }
        var job = new BackwardJob<T> { Shape = shape, Dy = dy, Indices = indices, Dx = dx };
        workers.For(ref job, shape.Chunks);
    }

    /// <summary>Windows of 2 × 2 side by side, which most networks pool by.</summary>
    private static bool IsHalving(in Pool2dShape shape) => shape.Window == new Window2d(2, 2).WithStride(2);

    /// <summary><see cref="Forward"/> by the plain definition, on the calling thread.</summary>
    public static void Reference<T>(in Pool2dShape shape, T* x, T* y, int* indices) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Window2d window = shape.Window;
        for (nint p = 0; p < (nint)shape.Planes; p++)
        {
            for (nint o = 0; o < shape.OutPlane; o++)
            {
                (nint oh, nint ow) = nint.DivRem(o, (nint)shape.OutWidth);
                T best = T.NegativeInfinity;
                nint at = -1;
                for (nint tap = 0; tap < (nint)(window.KernelHeight * window.KernelWidth); tap++)
                {
                    (nint kh, nint kw) = nint.DivRem(tap, (nint)window.KernelWidth);
                    nint h = (nint)((oh * window.StrideHeight) - window.PadTop + (kh * window.DilationHeight));
                    nint w = (nint)((ow * window.StrideWidth) - window.PadLeft + (kw * window.DilationWidth));
                    if (h < 0 || w < 0 || h >= shape.Height || w >= shape.Width)
                        continue;
                    T value = x[(p * shape.Plane) + (h * (nint)shape.Width) + w];
                    if (at < 0 || value > best || T.IsNaN(value))
                        (best, at) = (value, (h * (nint)shape.Width) + w);
                }
                y[(p * shape.OutPlane) + o] = best;
                if (indices != null)
                    indices[(p * shape.OutPlane) + o] = (int)at;
            }
        }
    }

    /// <summary>Sixteen windows side by side, where all of them lie within the picture and step by one or two columns; the others one by one.</summary>
    private struct ForwardRange : IVectorRange
    {
        /// <summary>Elements from a window's first that a load of sixteen windows may touch.</summary>
        private const int Reach = 32;

        public Pool2dShape Shape;
        public float* X, Y;
        public int* Indices;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint outHeight = (nint)Shape.OutHeight, outWidth = (nint)Shape.OutWidth;
            (nint from, nint to) = Shape.Window.StrideWidth <= 2 ? Shape.InnerColumns : (outWidth, outWidth);
            float* behind = X + ((nint)Shape.Planes * Shape.Plane);
            bool isHalving = IsHalving(Shape) && to == outWidth;
            int* steps = stackalloc int[16];
            for (int i = 0; i < 16; i++)
                steps[i] = i * (int)Shape.Window.StrideWidth;
            for (nint p = (nint)begin; p < (nint)end; p++)
            {
                float* x = X + (p * Shape.Plane);
                for (nint oh = 0; oh < outHeight; oh++)
                {
                    nint o = (p * Shape.OutPlane) + (oh * outWidth);
                    int* indices = Indices == null ? null : Indices + o;
                    if (isHalving && (2 * oh) + 1 < (nint)Shape.Height && x + (((2 * oh) + 1) * (nint)Shape.Width) + (2 * ((outWidth + 15) & ~15)) <= behind)
                    {
                        if (indices != null)
                            Halve<V>(x, 2 * oh * (nint)Shape.Width, (nint)Shape.Width, Y + o, indices, outWidth, steps);
                        else
                            HalveValues<V>(x + (2 * oh * (nint)Shape.Width), (nint)Shape.Width, Y + o, outWidth);
                        continue;
                    }
                    if (from > 0)
                        Windows(Shape, x, oh, Y + o, indices, 0, from);
                    if (to > from)
                    {
                        if (indices != null)
                            Inner<V>(Shape, x, oh, Y + o, indices, from, to, steps);
                        else
                            InnerValues<V>(Shape, x, oh, Y + o, from, to, behind);
                    }
                    if (to < outWidth)
                        Windows(Shape, x, oh, Y + o, indices, to, outWidth);
                }
            }
        }

        /// <summary>Windows of 2 × 2 side by side, where the tensor goes on behind the row.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void HalveValues<V>(float* x, nint width, float* y, nint count) where V : struct, IVector<V>
        {
            for (; count > 0; count -= 16, x += 32, y += 16)
            {
                V.LoadPairs(x, out V topLeft, out V topRight);
                V.LoadPairs(x + width, out V bottomLeft, out V bottomRight);
                V best = Later(Later(Later(topLeft, topRight), bottomLeft), bottomRight);
                if (count >= 16)
                    best.Store(y);
                else
                    best.Store(y, count);
            }
        }

        /// <summary>The value where it is greater or not a number, else the best so far.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Later<V>(V best, V value) where V : struct, IVector<V> =>
            V.Select(V.Less(best, value), value, V.Select(V.Equal(value, value), best, value));

        /// <summary>The same with indices.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Halve<V>(float* x, nint place, nint width, float* y, int* indices, nint count, int* steps) where V : struct, IVector<V>
        {
            V lanes = V.Load((float*)steps);
            for (; count > 0; count -= 16, place += 32, y += 16, indices += 16)
            {
                V.LoadPairs(x + place, out V best, out V topRight);
                V.LoadPairs(x + place + width, out V bottomLeft, out V bottomRight);
                V at = V.AddBits(lanes, V.FromBits((int)place));
                Later(ref best, ref at, topRight, V.AddBits(lanes, V.FromBits((int)place + 1)));
                Later(ref best, ref at, bottomLeft, V.AddBits(lanes, V.FromBits((int)(place + width))));
                Later(ref best, ref at, bottomRight, V.AddBits(lanes, V.FromBits((int)(place + width) + 1)));
                best.Store(y, nint.Min(16, count));
                at.Store((float*)indices, nint.Min(16, count));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Later<V>(ref V best, ref V at, V value, V valueAt) where V : struct, IVector<V>
        {
            V kept = V.Select(V.Less(best, value), default, V.Equal(value, value));
            best = V.Select(kept, best, value);
            at = V.Select(kept, at, valueAt);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Inner<V>(in Pool2dShape shape, float* x, nint oh, float* y, int* indices, nint from, nint to, int* steps) where V : struct, IVector<V>
        {
            nint width = (nint)shape.Width, dilationHeight = (nint)shape.Window.DilationHeight, dilationWidth = (nint)shape.Window.DilationWidth;
            nint stride = (nint)shape.Window.StrideWidth, kernelWidth = (nint)shape.Window.KernelWidth;
            (nint top, nint bottom, nint h0) = shape.Rows(oh);
            V lanes = V.Load((float*)steps);
            for (nint ow = from; ow < to; ow += 16)
            {
                nint count = nint.Min(16, to - ow), corner = ((h0 + (top * dilationHeight)) * width) + (ow * stride) - (nint)shape.Window.PadLeft;
                V best = V.Create(float.NegativeInfinity), at = bottom > top ? V.AddBits(lanes, V.FromBits((int)corner)) : V.FromBits(-1);
                for (nint kh = top; kh < bottom; kh++)
                {
                    nint i = corner + ((kh - top) * dilationHeight * width);
                    for (nint kw = 0; kw < kernelWidth; kw++, i += dilationWidth)
                    {
                        V value = stride == 1 ? V.Load(x + i, count) : V.LoadEven(x + i, count);
                        V kept = V.Select(V.Less(best, value), default, V.Equal(value, value));
                        best = V.Select(kept, best, value);
                        at = V.Select(kept, at, V.AddBits(lanes, V.FromBits((int)i)));
                    }
                }
                best.Store(y + ow, count);
                if (indices != null)
                    at.Store((float*)(indices + ow), count);
            }
        }

        /// <summary>Without indices. Where the tensor goes on behind a row, its sixteen windows are loaded whole.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void InnerValues<V>(in Pool2dShape shape, float* x, nint oh, float* y, nint from, nint to, float* end) where V : struct, IVector<V>
        {
            nint down = (nint)shape.Window.DilationHeight * (nint)shape.Width, dilationWidth = (nint)shape.Window.DilationWidth;
            nint stride = (nint)shape.Window.StrideWidth, kernelWidth = (nint)shape.Window.KernelWidth;
            (nint top, nint bottom, nint h0) = shape.Rows(oh);
            float* row = x + (h0 * (nint)shape.Width) + (top * down) - (nint)shape.Window.PadLeft;
            for (nint ow = from; ow < to; ow += 16)
            {
                nint count = nint.Min(16, to - ow);
                V best = V.Create(float.NegativeInfinity);
                float* tap = row + (ow * stride);
                for (nint kh = top; kh < bottom; kh++, tap += down)
                {
                    for (nint kw = 0; kw < kernelWidth; kw++)
                    {
                        float* at = tap + (kw * dilationWidth);
                        V value = at + Reach <= end
                            ? stride == 1 ? V.Load(at) : V.LoadEven(at)
                            : stride == 1 ? V.Load(at, count) : V.LoadEven(at, count);
                        best = V.Select(V.Less(best, value), value, V.Select(V.Equal(value, value), best, value));
                    }
                }
                best.Store(y + ow, count);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Windows(in Pool2dShape shape, float* x, nint oh, float* y, int* indices, nint from, nint to)
        {
            nint width = (nint)shape.Width, dilationHeight = (nint)shape.Window.DilationHeight, dilationWidth = (nint)shape.Window.DilationWidth;
            (nint top, nint bottom, nint h0) = shape.Rows(oh);
            for (nint ow = from; ow < to; ow++)
            {
                (nint first, nint end, nint w0) = shape.Columns(ow);
                float best = float.NegativeInfinity;
                nint at = bottom > top && end > first ? ((h0 + (top * dilationHeight)) * width) + w0 + (first * dilationWidth) : -1;
                for (nint kh = top; kh < bottom; kh++)
                {
                    nint row = ((h0 + (kh * dilationHeight)) * width) + w0;
                    for (nint kw = first; kw < end; kw++)
                    {
                        float value = x[row + (kw * dilationWidth)];
                        if (value > best || float.IsNaN(value))
                            (best, at) = (value, row + (kw * dilationWidth));
                    }
                }
                y[ow] = best;
                if (indices != null)
                    indices[ow] = (int)at;
            }
        }
    }

    /// <summary>
    /// Backward for windows of 2 × 2 side by side: each element of dx lies in one window, so whole rows are written, sixteen
    /// windows at a time, and what lies between is cleared with them.
    /// </summary>
    private struct HalvedRange : IVectorRange
    {
        public Pool2dShape Shape;
        public float* Dy, Dx;
        public int* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint width = (nint)Shape.Width, outHeight = (nint)Shape.OutHeight, outWidth = (nint)Shape.OutWidth;
            float* behind = Dx + ((nint)end * Shape.Plane);
            int* steps = stackalloc int[16];
            for (int i = 0; i < 16; i++)
                steps[i] = 2 * i;
            for (nint p = (nint)begin; p < (nint)end; p++)
            {
                float* dy = Dy + (p * Shape.OutPlane), dx = Dx + (p * Shape.Plane);
                int* indices = Indices + (p * Shape.OutPlane);
                for (nint oh = 0; oh < outHeight; oh++, dy += outWidth, indices += outWidth)
                {
                    nint place = 2 * oh * width;
                    // What is written behind a row, zeros, belongs to later rows of the same range, which come after it.
                    bool fits = dx + place + width + (2 * ((outWidth + 15) & ~15)) <= behind && oh < outHeight - 1;
                    if (fits)
                        Rows<V>(dy, indices, dx, place, width, outWidth, steps);
                    else
                    {
                        Blocks.Clear(dx + place, (oh == outHeight - 1 ? Shape.Plane - place : 2 * width));
                        for (nint o = 0; o < outWidth; o++)
                        {
                            if (indices[o] >= 0)
                                dx[indices[o]] += dy[o];
                        }
                    }
                }
                if (outHeight == 0)
                    Blocks.Clear(dx, Shape.Plane);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Rows<V>(float* dy, int* indices, float* dx, nint place, nint width, nint count, int* steps) where V : struct, IVector<V>
        {
            V lanes = V.Load((float*)steps);
            // Not side by side with what follows: the first row's end, which lies in the second, is written before it.
            for (nint row = 0; row < 2; row++, place += width)
            {
                for (nint o = 0; o < count; o += 16)
                {
                    nint n = nint.Min(16, count - o);
                    // Added to zero, as everywhere, which leaves no -0.
                    V zero = V.Create(0), d = zero + V.Load(dy + o, n), at = V.Load((float*)(indices + o), n);
                    V left = V.AddBits(lanes, V.FromBits((int)(place + (2 * o)))), right = V.AddBits(left, V.FromBits(1));
                    V.StorePairs(V.Select(SameIndex(at, left), d, zero), V.Select(SameIndex(at, right), d, zero), dx + place + (2 * o));
                }
                // The column that no window sees, where there is one.
                if (width > 2 * count)
                    dx[place + width - 1] = 0;
            }
        }

        /// <summary>Mask of equal indices. From 0 up to those of planes of 8 GB, their bits are floats of which no two are equal.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V SameIndex<V>(V a, V b) where V : struct, IVector<V> => V.Equal(a, b);
    }

    private struct BackwardJob<T> : IChunkJob where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public Pool2dShape Shape;
        public T* Dy, Dx;
        public int* Indices;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            nint plane = Shape.Plane, outPlane = Shape.OutPlane;
            nint end = nint.Min((nint)Shape.Planes, (chunk + 1) * Shape.PlanesPerChunk);
            for (nint p = chunk * Shape.PlanesPerChunk; p < end; p++)
                Scatter(Dy + (p * outPlane), Indices + (p * outPlane), outPlane, Dx + (p * plane), plane);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Scatter(T* dy, int* indices, nint count, T* dx, nint plane)
        {
            new Span<T>(dx, (int)plane).Clear();
            for (nint o = 0; o < count; o++)
            {
                if (indices[o] >= 0)
                    dx[indices[o]] += dy[o];
            }
        }
    }
}
