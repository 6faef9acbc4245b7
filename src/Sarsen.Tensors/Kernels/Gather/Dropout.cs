using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Dropout y = x m / (1 - p), the mask m being 1 with probability 1 - p, and dx = dy m / (1 - p). The mask is a function of
/// (stream, step, sample, element within the sample): it does not depend on the batch a sample is in, and backward makes
/// it again instead of keeping it. Source: Srivastava et al., JMLR 15 (2014).
/// </summary>
public static unsafe class Dropout
{
    /// <summary>
    /// x and y are (samples, size); sample i has the global number <c>rng.Sample + i</c>. p = 1 gives zeros. Backward is
    /// the same call with dy and dx.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">p is not in [0, 1], or samples reach beyond 2^40.</exception>
    public static void Run(Workers workers, Rng rng, float* x, float* y, long samples, long size, double p)
    {
        var range = new Range<float> { Rng = rng, X = x, Y = y, Size = size, Threshold = RngFill.Threshold(p), Scale = p < 1 ? 1 / (1 - p) : 0 };
        _ = rng.AtSample(rng.Sample + Math.Max(0, samples - 1));
        VectorRanges.For(workers, ref range, samples, 4 * size);
    }

    /// <summary>The plain f64 path, of the same mask.</summary>
    public static void Run(Rng rng, double* x, double* y, long samples, long size, double p)
    {
        var range = new Range<double> { Rng = rng, X = x, Y = y, Size = size, Threshold = RngFill.Threshold(p), Scale = p < 1 ? 1 / (1 - p) : 0 };
        _ = rng.AtSample(rng.Sample + Math.Max(0, samples - 1));
        VectorRanges.For(Workers.Serial, ref range, samples, 4 * size);
    }

    private struct Range<T> : IVectorRange where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public Rng Rng;
        public T* X, Y;
        public long Size;
        public ulong Threshold;
        public double Scale;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            T scale = T.CreateTruncating(Scale);
            for (long sample = begin; sample < end; sample++)
            {
                Rng rng = Rng.AtSample(Rng.Sample + sample);
                T* x = X + sample * Size, y = Y + sample * Size;
                bool wide = typeof(V) == typeof(Vector256Lanes) || typeof(V) == typeof(Vector512Lanes);
                long done = typeof(T) == typeof(float) && wide && Threshold <= uint.MaxValue ? Whole(rng, (float*)x, (float*)y, (nint)Size, (uint)Threshold, (float)Scale) : 0;
                for (long i = done; i < Size; i += 4)
                {
                    Philox.Block words = rng.Block(i >> 2);
                    int n = (int)Math.Min(4, Size - i);
                    for (int j = 0; j < n; j++)
                        y[i + j] = words[j] < Threshold ? T.Zero : x[i + j] * scale;
                }
            }
        }

        /// <summary>Thirty-two elements at a time, as long as there are so many; how many it did.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static nint Whole(Rng rng, float* x, float* y, nint size, uint threshold, float scale)
        {
            uint* words = stackalloc uint[32];
            Vector256<uint> least = Vector256.Create(threshold);
            Vector256<float> by = Vector256.Create(scale);
            nint i = 0;
            for (; i <= size - 32; i += 32)
            {
                rng.EightBlocks(i >> 2, words);
                for (nint j = 0; j < 32; j += 8)
                {
                    Vector256<float> dropped = Vector256.LessThan(Vector256.Load(words + j), least).AsSingle();
                    Vector256.AndNot(Vector256.Load(x + i + j) * by, dropped).Store(y + i + j);
                }
            }
            return i;
        }
    }
}
