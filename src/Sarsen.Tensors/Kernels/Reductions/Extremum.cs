using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Where the greatest or least element is, over the middle of a contiguous (outer, n, inner) tensor: the first of equals,
/// and the first NaN before all else, as in PyTorch. n must be at least 1.
/// </summary>
public static unsafe class Extremum
{
    /// <summary>index (outer, inner), and value where it is not null.</summary>
    public static void Find<T>(Workers workers, T* x, long* index, T* value, long outer, long n, long inner, bool greatest) where T : unmanaged, INumber<T>
    {
        var range = new Range<T> { X = x, Index = index, Value = value, N = n, Inner = inner, Greatest = greatest };
        VectorRanges.For(workers, ref range, outer * inner, 2 * n);
    }

    /// <summary>The gradient of max or min: dx is 0 but at the index, where it is dy.</summary>
    public static void Backward<T>(Workers workers, T* dy, long* index, T* dx, long outer, long n, long inner) where T : unmanaged, INumber<T>
    {
        Zeros.Run(workers, dx, outer * n * inner * sizeof(T));
        var range = new BackRange<T> { Dy = dy, Index = index, Dx = dx, N = n, Inner = inner };
        VectorRanges.For(workers, ref range, outer * inner, 8);
    }

    private struct BackRange<T> : IVectorRange where T : unmanaged
    {
        public T* Dy, Dx;
        public long* Index;
        public long N, Inner;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
                Dx[(line / Inner * N + Index[line]) * Inner + line % Inner] = Dy[line];
        }
    }

    private struct Range<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Value;
        public long* Index;
        public long N, Inner;
        public bool Greatest;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                T* x = X + line / Inner * N * Inner + line % Inner;
                long best = 0;
                for (long i = 1; i < N && !T.IsNaN(x[best * Inner]); i++)
                {
                    T candidate = x[i * Inner], now = x[best * Inner];
                    if (T.IsNaN(candidate) || (Greatest ? candidate > now : candidate < now))
                        best = i;
                }
                Index[line] = best;
                if (Value is not null)
                    Value[line] = x[best * Inner];
            }
        }
    }
}
