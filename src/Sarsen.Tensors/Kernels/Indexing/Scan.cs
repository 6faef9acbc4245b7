using System.Numerics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Running sums and products over the middle of a contiguous (outer, n, inner) tensor: y_i = x_0 ⊕ … ⊕ x_i, in ascending
/// order and f64, each result rounded once.
/// </summary>
public static unsafe class Scan
{
    /// <summary>y_i = Σ x_j over j ≤ i; <paramref name="reverse"/>: over j ≥ i, which is its gradient.</summary>
    public static void Sum<T>(Workers workers, T* x, T* y, long outer, long n, long inner, bool reverse = false) where T : unmanaged, INumber<T>
    {
        var range = new SumRange<T> { X = x, Y = y, N = n, Inner = inner, Reverse = reverse };
        VectorRanges.For(workers, ref range, outer * inner, 4 * n);
    }

    /// <summary>y_i = ∏ x_j over j ≤ i.</summary>
    public static void Product<T>(Workers workers, T* x, T* y, long outer, long n, long inner) where T : unmanaged, INumber<T>
    {
        var range = new ProductRange<T> { X = x, Y = y, N = n, Inner = inner };
        VectorRanges.For(workers, ref range, outer * inner, 4 * n);
    }

    /// <summary>
    /// dx_i = Σ over j ≥ i of dy_j ∏ x_k, k ≤ j without i; that is r_i ∏ x_k over k &lt; i with r_i = dy_i + x_{i+1} r_{i+1}. Nothing is
    /// divided by, so zeros are no special case.
    /// </summary>
    public static void ProductBackward<T>(Workers workers, T* x, T* dy, T* dx, long outer, long n, long inner) where T : unmanaged, INumber<T>
    {
        var range = new ProductBackRange<T> { X = x, Dy = dy, Dx = dx, N = n, Inner = inner };
        VectorRanges.For(workers, ref range, outer * inner, 8 * n);
    }

    private struct SumRange<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Y;
        public long N, Inner;
        public bool Reverse;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                long start = line / Inner * N * Inner + line % Inner;
                double sum = 0;
                for (long i = 0; i < N; i++)
                {
                    long at = start + (Reverse ? N - 1 - i : i) * Inner;
                    sum += double.CreateTruncating(X[at]);
                    Y[at] = T.CreateTruncating(sum);
                }
            }
        }
    }

    private struct ProductRange<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Y;
        public long N, Inner;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                long start = line / Inner * N * Inner + line % Inner;
                double product = 1;
                for (long i = 0; i < N; i++)
                {
                    product *= double.CreateTruncating(X[start + i * Inner]);
                    Y[start + i * Inner] = T.CreateTruncating(product);
                }
            }
        }
    }

    private struct ProductBackRange<T> : IVectorRange where T : unmanaged, INumber<T>
    {
        public T* X, Dy, Dx;
        public long N, Inner;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end; line++)
            {
                long start = line / Inner * N * Inner + line % Inner;
                double rest = 0;
                for (long i = N - 1; i >= 0; i--)
                {
                    long at = start + i * Inner;
                    rest = double.CreateTruncating(Dy[at]) + (i + 1 < N ? double.CreateTruncating(X[at + Inner]) * rest : 0);
                    Dx[at] = T.CreateTruncating(rest);
                }
                double before = 1;
                for (long i = 0; i < N; i++)
                {
                    long at = start + i * Inner;
                    Dx[at] = T.CreateTruncating(double.CreateTruncating(Dx[at]) * before);
                    before *= double.CreateTruncating(X[at]);
                }
            }
        }
    }
}
