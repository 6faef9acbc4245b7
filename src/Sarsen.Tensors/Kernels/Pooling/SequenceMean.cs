using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The mean of the first rows of each sequence, y[b] = Σ x[r] / n over rows spans[b, 2] … spans[b, 2] + n - 1, n being spans[b, 3] but
/// at most <c>most</c>, zero where there are none; dx[r] = dy[b] / n, and zero elsewhere. Rows are added in their order.
/// </summary>
public static unsafe class SequenceMean
{
    public static void Forward(Workers workers, float* x, long* spans, float* y, long sequences, long width, long most)
    {
        var range = new ForwardRange { X = x, Y = y, Spans = spans, Width = (nint)width, Most = most };
        VectorRanges.For(workers, ref range, sequences, 64 * width);
    }

    public static void Forward(double* x, long* spans, double* y, long sequences, long width, long most)
    {
        for (long b = 0; b < sequences; b++)
        {
            (long first, long count) = (spans[4 * b + 2], Math.Min(most, spans[4 * b + 3]));
            for (long c = 0; c < width; c++)
            {
                double sum = 0;
                for (long r = first; r < first + count; r++)
                    sum += x[r * width + c];
                y[b * width + c] = count == 0 ? 0 : sum / count;
            }
        }
    }

    /// <summary>dx has <paramref name="rows"/> rows.</summary>
    public static void Backward<T>(T* dy, long* spans, T* dx, long sequences, long width, long most, long rows) where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        NativeMemory.Clear(dx, (nuint)(rows * width * sizeof(T)));
        for (long b = 0; b < sequences; b++)
        {
            (long first, long count) = (spans[4 * b + 2], Math.Min(most, spans[4 * b + 3]));
            var part = T.One / T.CreateTruncating(Math.Max(1, count));
            for (long i = 0; i < count * width; i++)
                dx[first * width + i] = dy[b * width + i % width] * part;
        }
    }

    private struct ForwardRange : IVectorRange
    {
        public float* X, Y;
        public long* Spans;
        public nint Width;
        public long Most;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint b = (nint)begin; b < (nint)end; b++)
            {
                (nint first, nint count) = ((nint)Spans[4 * b + 2], (nint)Math.Min(Most, Spans[4 * b + 3]));
                V divisor = V.Create(nint.Max(1, count));
                for (nint c = 0; c < Width; c += 16)
                {
                    nint n = nint.Min(16, Width - c);
                    V sum = V.Create(0);
                    for (nint r = first; r < first + count; r++)
                        sum += V.Load(X + r * Width + c, n);
                    (sum / divisor).Store(Y + b * Width + c, n);
                }
            }
        }
    }
}
