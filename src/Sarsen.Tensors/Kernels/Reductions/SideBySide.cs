using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Sixteen neighbouring results of a <see cref="Reduce"/> at once, in the order of a single one: lane l of all sixteen is one
/// vector, so a stretch has sixteen vectors, four of which are under way at a time. The trees of the sixteen results
/// run side by side too.
/// </summary>
internal unsafe struct SideBySide<TReducer> : IVectorRange where TReducer : struct, IReducer
{
    private const int Lanes = 16;

    public TReducer Reducer;
    public Reduction Reduction;
    public float* X, Y, Shift;
    public double Scale;
    public bool Accumulate;

    // An item is sixteen results. Where a row of kept elements ends among them, the next stretch starts anew.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
    {
        long last = Math.Min(end * 16, Reduction.Kept.Count);
        StridedCursor kept = Reduction.Kept.Seek(begin * 16);
        // The last sixteen are scratch of the trees that are not sums.
        float* lanes = stackalloc float[Lanes * 16 + 16];
        double* totals = stackalloc double[16];
        for (long k = begin * 16; k < last;)
        {
            nint n = (nint)Math.Min(16, Math.Min(kept.RowLeft, last - k));
            V shift = Shift is null ? V.Create(0) : V.Load(Shift + k, n);
            Column<V>(X + kept.Offset0, n, shift, lanes, totals);
            for (nint i = 0; i < n; i++)
            {
                double value = Scale * totals[i];
                Y[k + i] = Accumulate ? (float)(Y[k + i] + value) : (float)value;
            }
            k += n;
            kept.Advance(n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Column<V>(float* x, nint columns, V shift, float* lanes, double* totals) where V : struct, IVector<V>
    {
        StridedPlan reduced = Reduction.Reduced;
        nint stride = (nint)reduced.RowStride(0);
        if (typeof(TReducer) == typeof(SumOf) && reduced.Rank == 1 && reduced.Count == Lanes && columns == 16)
        {
            Sixteen(x, stride, totals);
            return;
        }
        new Span<double>(totals, 16).Fill(Reducer.Start);
        StridedCursor at = reduced.Seek(0);
        for (long r = 0; r < reduced.Count;)
        {
            nint n = (nint)Math.Min(Reduce.Stretch, reduced.Count - r);
            if (at.RowLeft >= n)
            {
                float* row = x + at.Offset0;
                for (nint lane = 0; lane < Lanes; lane += 4)
                {
                    if (columns == 16)
                        FourLanes<V, ContiguousRow>(row, n, stride, 16, lane, shift, lanes);
                    else
                        FourLanes<V, PartOfRow>(row, n, stride, columns, lane, shift, lanes);
                }
                at.Advance(n);
            }
            else
            {
                Pieces(x, ref at, n, stride, columns, shift, lanes);
            }
            Join<V>(lanes, totals);
            r += n;
        }
    }

    /// <summary>Elements l, l + 16, l + 32, … of a stretch in one row, for four lanes l.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void FourLanes<V, TLoad>(float* row, nint n, nint stride, nint columns, nint lane, V shift, float* lanes)
        where V : struct, IVector<V> where TLoad : struct, IRowLoad
    {
        TReducer reducer = Reducer;
        V start = V.Create((float)reducer.Start), s0 = start, s1 = start, s2 = start, s3 = start;
        nint i = lane;
        for (; i <= n - 4; i += Lanes)
        {
            float* from = row + i * stride;
            s0 = reducer.Step(s0, TLoad.Load<V>(from, 0, columns, 1), shift);
            s1 = reducer.Step(s1, TLoad.Load<V>(from + stride, 0, columns, 1), shift);
            s2 = reducer.Step(s2, TLoad.Load<V>(from + 2 * stride, 0, columns, 1), shift);
            s3 = reducer.Step(s3, TLoad.Load<V>(from + 3 * stride, 0, columns, 1), shift);
        }
        if (i < n)
            s0 = reducer.Step(s0, TLoad.Load<V>(row + i * stride, 0, columns, 1), shift);
        if (i + 1 < n)
            s1 = reducer.Step(s1, TLoad.Load<V>(row + (i + 1) * stride, 0, columns, 1), shift);
        if (i + 2 < n)
            s2 = reducer.Step(s2, TLoad.Load<V>(row + (i + 2) * stride, 0, columns, 1), shift);
        s0.Store(lanes + 16 * lane);
        s1.Store(lanes + 16 * lane + 16);
        s2.Store(lanes + 16 * lane + 32);
        s3.Store(lanes + 16 * lane + 48);
    }

    /// <summary>A stretch that does not lie in one row.</summary>
    private readonly void Pieces<V>(float* x, ref StridedCursor at, nint count, nint stride, nint columns, V shift, float* lanes) where V : struct, IVector<V>
    {
        TReducer reducer = Reducer;
        for (nint lane = 0; lane < Lanes; lane++)
            V.Create((float)reducer.Start).Store(lanes + 16 * lane);
        for (nint done = 0; done < count;)
        {
            nint n = (nint)Math.Min(at.RowLeft, count - done);
            float* row = x + at.Offset0;
            for (nint i = 0; i < n; i++)
            {
                float* lane = lanes + 16 * (done + i & Lanes - 1);
                reducer.Step(V.Load(lane), V.Load(row + i * stride, columns), shift).Store(lane);
            }
            done += n;
            at.Advance(n);
        }
    }

    /// <summary>totals[c] = totals[c] ⊕ the tree of lanes[·, c].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Join<V>(float* lanes, double* totals) where V : struct, IVector<V>
    {
        if (Reducer.Adds)
        {
            for (int c = 0; c < 16; c += 8)
                (Tree(lanes + c, Lanes) + Vector512.Load(totals + c)).Store(totals + c);
            return;
        }
        float* column = lanes + Lanes * 16;
        for (int c = 0; c < 16; c++)
        {
            for (int lane = 0; lane < Lanes; lane++)
                column[lane] = lanes[16 * lane + c];
            totals[c] = Reducer.Join(totals[c], Reducer.Join(V.Load(column)));
        }
    }

    // The tree of IVector.Sum, for eight columns: lane after lane, a step apart.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Tree(float* lanes, nint step)
    {
        Vector512<double> s0 = Pair(lanes, step) + Pair(lanes + (4 * step), step), s1 = Pair(lanes + step, step) + Pair(lanes + (5 * step), step);
        Vector512<double> s2 = Pair(lanes + (2 * step), step) + Pair(lanes + (6 * step), step), s3 = Pair(lanes + (3 * step), step) + Pair(lanes + (7 * step), step);
        return (s0 + s2) + (s1 + s3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Pair(float* lane, nint step) => Wide(lane) + Wide(lane + (8 * step));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Wide(float* at)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load(at));
        return Vector512.Create(low, high);
    }

    /// <summary>Sixteen elements a column: each is a lane of its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sixteen(float* x, nint stride, double* totals)
    {
        // From zero, as a lane is: a negative zero becomes a positive one.
        (Vector512<double>.Zero + Tree(x, stride)).Store(totals);
        (Vector512<double>.Zero + Tree(x + 8, stride)).Store(totals + 8);
    }
}

/// <summary>Fewer than sixteen elements of a row, zeros beside them.</summary>
internal readonly unsafe struct PartOfRow : IRowLoad
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(float* row, nint i, nint count, nint stride) where V : struct, IVector<V> => V.Load(row + i, count);
}
