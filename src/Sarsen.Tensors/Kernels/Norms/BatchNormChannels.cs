using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// <see cref="BatchNorm"/> of pictures, S above 1. An item is a channel of all samples, so that what was read for its sums is still in
/// the caches when it is scaled; a channel's elements are summed in the order of <see cref="Reduce"/>.
/// </summary>
internal static unsafe class BatchNormChannels
{
    /// <summary>Statistics of the batch, and y by them.</summary>
    public struct OfBatch : IVectorRange
    {
        public float* X, Mean, Variance, Gamma, Beta, Y;
        public nint N, C, S;
        public double Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint step = C * S;
            double scale = 1 / ((double)N * S);
            for (nint c = (nint)begin; c < (nint)end; c++)
            {
                float* x = X + (c * S), y = Y + (c * S);
                V mean = V.Create(Mean[c] = (float)(scale * Reduce.Rows(default(SumOf), x, N, S, step, V.Create(0))));
                Variance[c] = (float)(scale * Reduce.Rows(default(SquaresOf), x, N, S, step, mean));
                V rstd = V.Create((float)(1 / Math.Sqrt(Variance[c] + Epsilon)));
                V gamma = V.Create(Gamma is null ? 1 : Gamma[c]), beta = V.Create(Beta is null ? 0 : Beta[c]);
                for (nint n = 0; n < N; n++)
                    ChannelNorm.Forward(x + (n * step), y + (n * step), S, mean, rstd, gamma, beta);
            }
        }
    }

    /// <summary>y by given statistics. An item is a channel of one sample.</summary>
    public struct ByGiven : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Beta, Y;
        public long C;
        public nint S;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long item = begin; item < end; item++)
            {
                long c = item % C;
                V gamma = V.Create(Gamma is null ? 1 : Gamma[c]), beta = V.Create(Beta is null ? 0 : Beta[c]);
                ChannelNorm.Forward(X + (item * S), Y + (item * S), S, V.Create(Mean[c]), V.Create(Rstd[c]), gamma, beta);
            }
        }
    }

    /// <summary>dγ, dβ and, unless it is null, dx.</summary>
    public struct Gradient : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Dy, Dx, Dgamma, Dbeta;
        public nint N, C, S;
        public bool IsTraining;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint step = C * S;
            for (nint c = (nint)begin; c < (nint)end; c++)
            {
                float* x = X + (c * S), dy = Dy + (c * S);
                V mean = V.Create(Mean[c]), rstd = V.Create(Rstd[c]);
                double sum = 0, dot = 0;
                for (nint n = 0; n < N; n++)
                {
                    for (nint from = 0; from < S; from += ChannelNorm.Stretch)
                    {
                        nint at = (n * step) + from;
                        (double s, double d) = ChannelNorm.Sums(x + at, dy + at, nint.Min(ChannelNorm.Stretch, S - from), mean, rstd);
                        sum += s;
                        dot += d;
                    }
                }
                Dbeta[c] = (float)sum;
                Dgamma[c] = (float)dot;
                if (Dx is null)
                    continue;
                double weight = (Gamma is null ? 1 : Gamma[c]) / ((double)N * S);
                V a = V.Create(IsTraining ? (float)(weight * Dbeta[c]) : 0), b = V.Create(IsTraining ? (float)(weight * Dgamma[c]) : 0);
                V gamma = V.Create(Gamma is null ? 1 : Gamma[c]);
                float* dx = Dx + (c * S);
                for (nint n = 0; n < N; n++)
                    ChannelNorm.Backward(x + (n * step), dy + (n * step), dx + (n * step), S, mean, rstd, gamma, a, b);
            }
        }
    }
}
