using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The k greatest or least of the middle of a contiguous (outer, n, inner) tensor, in order, the first of equals first; NaN
/// is greater than all else. A heap of the best so far, the worst on top: O(n log k).
/// </summary>
public static unsafe class TopK
{
    /// <summary>Bytes of scratch for all lines.</summary>
    public static long WorkspaceBytes(long outer, long k, long inner) => checked(outer * k * inner * sizeof(long));

    /// <summary>values and index, both (outer, k, inner), k in 0 … n; <paramref name="workspace"/> holds <see cref="WorkspaceBytes"/>.</summary>
    public static void Run<T>(Workers workers, T* x, T* values, long* index, long outer, long n, long inner, long k, bool greatest, byte* workspace) where T : unmanaged, INumber<T>
    {
        var range = new Range<T> { X = x, Values = values, Index = index, N = n, Inner = inner, K = k, Greatest = greatest, Scratch = (long*)workspace };
        VectorRanges.For(workers, ref range, outer * inner, 4 * n);
    }

    private struct Range<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Values;
        public long* Index, Scratch;
        public long N, Inner, K;
        public bool Greatest;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end && K > 0; line++)
            {
                T* x = X + line / Inner * N * Inner + line % Inner;
                long* heap = Scratch + line * K;
                for (long i = 0; i < K; i++)
                    heap[i] = i;
                for (long i = K / 2 - 1; i >= 0; i--)
                    Sink(x, heap, i, K);
                for (long i = K; i < N; i++)
                {
                    if (!Sort.Before(x[i * Inner], x[heap[0] * Inner], Greatest))
                        continue;
                    heap[0] = i;
                    Sink(x, heap, 0, K);
                }
                long to = line / Inner * K * Inner + line % Inner;
                for (long left = K - 1; left >= 0; left--)
                {
                    Index[to + left * Inner] = heap[0];
                    Values[to + left * Inner] = x[heap[0] * Inner];
                    heap[0] = heap[left];
                    Sink(x, heap, 0, left);
                }
            }
        }

        /// <summary>Does a stand behind b in the result: a total order, so that the heap has one.</summary>
        private readonly bool Behind(T* x, long a, long b) =>
            Sort.Before(x[b * Inner], x[a * Inner], Greatest) || (a > b && !Sort.Before(x[a * Inner], x[b * Inner], Greatest));

        private readonly void Sink(T* x, long* heap, long at, long count)
        {
            while (true)
            {
                long child = 2 * at + 1;
                if (child >= count)
                    return;
                if (child + 1 < count && Behind(x, heap[child + 1], heap[child]))
                    child++;
                if (!Behind(x, heap[child], heap[at]))
                    return;
                (heap[at], heap[child]) = (heap[child], heap[at]);
                at = child;
            }
        }
    }
}
