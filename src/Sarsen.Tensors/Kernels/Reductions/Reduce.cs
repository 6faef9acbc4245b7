using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Reductions over any axes: y[k] = scale · ⊕ x[k, r] over r ascending, y contiguous with one element for each kept one.
/// Every result has one order, which depends on the number of reduced elements alone: stretches of 4096 of them take 16
/// lanes (element r goes to lane r mod 16), then the fixed tree, and stretches are joined in f64. The mean is a sum with
/// scale 1 / n. An empty reduction gives the reducer's start.
/// </summary>
public static unsafe class Reduce
{
    internal const int Stretch = 4096;

    /// <summary>y, or y + that; <paramref name="shift"/> has one value for each result, or is null for zeros.</summary>
    public static void Run<TReducer>(Workers workers, TReducer reducer, in Reduction reduction, float* x, float* y, double scale = 1, float* shift = null, bool accumulate = false)
        where TReducer : struct, IReducer
    {
        long cost = Math.Max(1, reduction.Reduced.Count);
        if (reduction.AlongKept)
        {
            var range = new SideBySide<TReducer> { Reducer = reducer, Reduction = reduction, X = x, Y = y, Shift = shift, Scale = scale, Accumulate = accumulate };
            VectorRanges.For(workers, ref range, (reduction.Kept.Count + 15) / 16, 16 * cost);
        }
        else
        {
            var range = new RowRange<TReducer> { Reducer = reducer, Reduction = reduction, X = x, Y = y, Shift = shift, Scale = scale, Accumulate = accumulate };
            VectorRanges.For(workers, ref range, reduction.Kept.Count, 16 + cost);
        }
    }

    /// <summary>The plain f64 path.</summary>
    public static void Run<TReducer>(TReducer reducer, in Reduction reduction, double* x, double* y, double scale = 1, double* shift = null, bool accumulate = false)
        where TReducer : struct, IReducer
    {
        StridedCursor kept = reduction.Kept.Seek(0);
        for (long k = 0; k < reduction.Kept.Count; k++, kept.Advance(1))
        {
            double sum = reducer.Start;
            StridedCursor at = reduction.Reduced.Seek(0);
            for (long r = 0; r < reduction.Reduced.Count; r++, at.Advance(1))
                sum = reducer.Step(sum, x[kept.Offset0 + at.Offset0], shift is null ? 0 : shift[k]);
            y[k] = accumulate ? y[k] + scale * sum : scale * sum;
        }
    }

    /// <summary>⊕ of contiguous elements in f64: the whole of a tensor, in stretches that the workers share.
    /// <paramref name="partials"/> is scratch of <see cref="WholePartials"/> elements.</summary>
    public static double Whole<TReducer>(Workers workers, TReducer reducer, float* x, long count, double* partials)
        where TReducer : struct, IReducer
    {
        var range = new WholeRange<TReducer> { Reducer = reducer, X = x, Count = count, Partials = partials };
        long stretches = WholePartials(count);
        VectorRanges.For(workers, ref range, stretches, Stretch);
        double sum = reducer.Start;
        for (long s = 0; s < stretches; s++)
            sum = reducer.Join(sum, partials[s]);
        return sum;
    }

    public static long WholePartials(long count) => (count + Stretch - 1) / Stretch;

    /// <summary>⊕ of at most 4096 elements of a row, for kernels that have rows of their own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Lane<V, TReducer>(TReducer reducer, float* x, nint n, V shift) where V : struct, IVector<V> where TReducer : struct, IReducer
    {
        V start = V.Create((float)reducer.Start), sum = start;
        nint i = 0;
        for (; i <= n - 16; i += 16)
            sum = reducer.Step(sum, V.Load(x + i), shift);
        if (i < n)
            sum = V.Select(Lanes.First<V>(n - i), reducer.Step(sum, V.Load(x + i, n - i), shift), sum);
        return reducer.Join(sum);
    }

    /// <summary>⊕ of a contiguous row of any length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static double Row<V, TReducer>(TReducer reducer, float* x, nint n, V shift) where V : struct, IVector<V> where TReducer : struct, IReducer
    {
        double sum = reducer.Start;
        for (nint i = 0; i < n; i += Stretch)
            sum = reducer.Join(sum, Lane(reducer, x + i, Math.Min(Stretch, n - i), shift));
        return sum;
    }

    /// <summary>⊕ of contiguous rows, <paramref name="step"/> elements from one to the next, as if they were one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static double Rows<V, TReducer>(TReducer reducer, float* x, nint rows, nint length, nint step, V shift) where V : struct, IVector<V> where TReducer : struct, IReducer
    {
        float* gathered = stackalloc float[Stretch];
        double sum = reducer.Start;
        for (nint row = 0, at = 0; row < rows;)
        {
            V lanes = V.Create((float)reducer.Start);
            nint n = 0;
            while (n < Stretch && row < rows)
            {
                nint piece = nint.Min(length - at, Stretch - n);
                float* from = x + (row * step) + at;
                // A piece of whole vectors keeps every element in its lane.
                if (length % 16 == 0)
                {
                    for (nint i = 0; i < piece; i += 16)
                        lanes = reducer.Step(lanes, V.Load(from + i), shift);
                }
                else
                    Buffer.MemoryCopy(from, gathered + n, piece * sizeof(float), piece * sizeof(float));
                (n, at) = (n + piece, at + piece);
                if (at == length)
                    (row, at) = (row + 1, 0);
            }
            sum = reducer.Join(sum, length % 16 == 0 ? reducer.Join(lanes) : Lane(reducer, gathered, n, shift));
        }
        return sum;
    }

    private struct WholeRange<TReducer> : IVectorRange where TReducer : struct, IReducer
    {
        public TReducer Reducer;
        public float* X;
        public long Count;
        public double* Partials;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long s = begin; s < end; s++)
                Partials[s] = Lane(Reducer, X + s * Stretch, (nint)Math.Min(Stretch, Count - s * Stretch), V.Create(0));
        }
    }

    private struct RowRange<TReducer> : IVectorRange where TReducer : struct, IReducer
    {
        public TReducer Reducer;
        public Reduction Reduction;
        public float* X, Y, Shift;
        public double Scale;
        public bool Accumulate;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            StridedPlan reduced = Reduction.Reduced;
            nint stride = (nint)reduced.RowStride(0);
            StridedCursor kept = Reduction.Kept.Seek(begin);
            float* gathered = stackalloc float[Stretch];
            for (long k = begin; k < end; k++, kept.Advance(1))
            {
                V shift = V.Create(Shift is null ? 0 : Shift[k]);
                double sum = Reducer.Start;
                StridedCursor at = reduced.Seek(0);
                for (long r = 0; r < reduced.Count;)
                {
                    nint n = (nint)Math.Min(Stretch, reduced.Count - r);
                    float* row = X + kept.Offset0 + at.Offset0;
                    if (stride != 1 || at.RowLeft < n)
                    {
                        Gather(X + kept.Offset0, ref at, stride, gathered, n);
                        row = gathered;
                    }
                    else
                    {
                        at.Advance(n);
                    }
                    sum = Reducer.Join(sum, Lane(Reducer, row, n, shift));
                    r += n;
                }
                double value = Scale * sum;
                Y[k] = Accumulate ? (float)(Y[k] + value) : (float)value;
            }
        }

        /// <summary>A stretch that does not lie in one run.</summary>
        private static void Gather(float* x, ref StridedCursor at, nint stride, float* to, nint count)
        {
            while (count > 0)
            {
                nint n = (nint)Math.Min(at.RowLeft, count);
                float* row = x + at.Offset0;
                if (stride == 1)
                    Buffer.MemoryCopy(row, to, n * sizeof(float), n * sizeof(float));
                for (nint i = 0; i < n && stride != 1; i++)
                    to[i] = row[i * stride];
                to += n;
                count -= n;
                at.Advance(n);
            }
        }
    }
}
