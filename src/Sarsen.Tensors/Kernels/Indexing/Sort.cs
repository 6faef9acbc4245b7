using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Sorts the middle of a contiguous (outer, n, inner) tensor, stably: equal elements keep their order. NaN is greater than
/// all else, as in PyTorch. A bottom-up merge sort of indices, O(n log n) whatever the order.
/// </summary>
public static unsafe class Sort
{
    /// <summary>Bytes of scratch for all lines.</summary>
    public static long WorkspaceBytes(long outer, long n, long inner) => checked(2 * outer * n * inner * sizeof(long));

    /// <summary>values and index, both (outer, n, inner); <paramref name="workspace"/> holds <see cref="WorkspaceBytes"/>.</summary>
    public static void Run<T>(Workers workers, T* x, T* values, long* index, long outer, long n, long inner, bool descending, byte* workspace) where T : unmanaged, INumber<T>
    {
        var range = new Range<T> { X = x, Values = values, Index = index, N = n, Inner = inner, Descending = descending, Scratch = (long*)workspace };
        VectorRanges.For(workers, ref range, outer * inner, 16 * n);
    }

    /// <summary>Does a stand before b: the smaller one, or the greater; NaN is the greatest.</summary>
    internal static bool Before<T>(T a, T b, bool descending) where T : unmanaged, INumber<T> =>
        descending ? a > b || (T.IsNaN(a) && !T.IsNaN(b)) : a < b || (T.IsNaN(b) && !T.IsNaN(a));

    private struct Range<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Values;
        public long* Index, Scratch;
        public long N, Inner;
        public bool Descending;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                long start = line / Inner * N * Inner + line % Inner;
                long* from = Scratch + 2 * line * N, to = from + N;
                for (long i = 0; i < N; i++)
                    from[i] = i;
                for (long run = 1; run < N; run *= 2)
                {
                    for (long left = 0; left < N; left += 2 * run)
                        Merge(X + start, from, to, left, Math.Min(left + run, N), Math.Min(left + 2 * run, N));
                    long* sorted = to;
                    to = from;
                    from = sorted;
                }
                for (long i = 0; i < N; i++)
                {
                    Index[start + i * Inner] = from[i];
                    Values[start + i * Inner] = X[start + from[i] * Inner];
                }
            }
        }

        private readonly void Merge(T* x, long* from, long* to, long left, long middle, long end)
        {
            long a = left, b = middle;
            for (long i = left; i < end; i++)
            {
                // The left one of equals goes first.
                bool right = a == middle || (b < end && Before(x[from[b] * Inner], x[from[a] * Inner], Descending));
                to[i] = right ? from[b++] : from[a++];
            }
        }
    }
}
