using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Copies of any element type between strided views and contiguous memory; transposes go in tiles.</summary>
public static unsafe class StridedCopy
{
    // 32 × 32 elements of 8 bytes, read and written, fit the first cache.
    private const long Tile = 32;

    /// <summary>y[i] = x at the i-th place of the walk; y is contiguous, of the plan's count.</summary>
    public static void ToContiguous<T>(Workers workers, in StridedPlan plan, T* x, T* y) where T : unmanaged => Run(workers, plan, x, y, toContiguous: true);

    /// <summary>x at the i-th place of the walk = y[i]; no two places may be the same (no stride of 0).</summary>
    public static void FromContiguous<T>(Workers workers, in StridedPlan plan, T* y, T* x) where T : unmanaged => Run(workers, plan, x, y, toContiguous: false);

    private static void Run<T>(Workers workers, in StridedPlan plan, T* view, T* dense, bool toContiguous) where T : unmanaged
    {
        if (plan.Count == 0)
            return;
        if (plan.Rank >= 2 && plan.RowStride(0) is not (0 or 1) && plan.Stride(0, plan.Rank - 2) == 1)
        {
            long columns = plan.Size(plan.Rank - 2), tiles = (columns + Tile - 1) / Tile, outer = plan.Count / (columns * plan.Row);
            var tiled = new TileRange<T> { Plan = plan, View = view, Dense = dense, ToContiguous = toContiguous, Columns = columns, Tiles = tiles };
            VectorRanges.For(workers, ref tiled, outer * tiles, Tile * plan.Row);
        }
        else
        {
            var rows = new RowRange<T> { Plan = plan, View = view, Dense = dense, ToContiguous = toContiguous };
            VectorRanges.For(workers, ref rows, plan.Count);
        }
    }

    private struct RowRange<T> : IVectorRange where T : unmanaged
    {
        public StridedPlan Plan;
        public T* View, Dense;
        public bool ToContiguous;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint stride = (nint)Plan.RowStride(0);
            StridedCursor at = Plan.Seek(begin);
            while (begin < end)
            {
                long n = Math.Min(at.RowLeft, end - begin);
                T* view = View + at.Offset0, dense = Dense + begin;
                if (stride == 1)
                    Buffer.MemoryCopy(ToContiguous ? view : dense, ToContiguous ? dense : view, n * sizeof(T), n * sizeof(T));
                else if (ToContiguous && stride == 0)
                    new Span<T>(dense, (int)n).Fill(*view);
                else if (ToContiguous)
                {
                    for (nint i = 0; i < (nint)n; i++)
                        dense[i] = view[i * stride];
                }
                else
                {
                    for (nint i = 0; i < (nint)n; i++)
                        view[i * stride] = dense[i];
                }
                begin += n;
                at.Advance(n);
            }
        }
    }

    // An item is 32 lines of the last but one dimension, along which the view is contiguous, by whole rows.
    private struct TileRange<T> : IVectorRange where T : unmanaged
    {
        public StridedPlan Plan;
        public T* View, Dense;
        public bool ToContiguous;
        public long Columns, Tiles;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint row = (nint)Plan.Row, stride = (nint)Plan.RowStride(0);
            for (long item = begin; item < end; item++)
            {
                long first = item % Tiles * Tile, start = (item / Tiles * Columns + first) * row;
                nint lines = (nint)Math.Min(Tile, Columns - first);
                T* view = View + Plan.Seek(start).Offset0, dense = Dense + start;
                for (nint from = 0; from < row; from += (nint)Tile)
                {
                    nint to = Math.Min(row, from + (nint)Tile);
                    for (nint line = 0; line < lines; line++)
                    {
                        for (nint j = from; j < to; j++)
                        {
                            if (ToContiguous)
                                dense[line * row + j] = view[line + j * stride];
                            else
                                view[line + j * stride] = dense[line * row + j];
                        }
                    }
                }
            }
        }
    }
}
