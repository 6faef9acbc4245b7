using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Group norm of x (N, C, S): μ and r over each (n, group of C / G channels), y = (x - μ) r γ + β with γ and β a channel.
/// C must be a multiple of G. Sources: Wu, He, ECCV 2018; with a group for each channel Ulyanov et al., arXiv 1607.08022.
/// </summary>
public static unsafe class GroupNorm
{
    /// <summary>
    /// y, and mean and rstd (N, G) each; γ and β may be null. Running statistics (G each), unless null, are moved:
    /// running ← (1 - momentum) running + momentum · (the samples' mean of μ, or of σ² M / (M - 1)), M = C / G · S, which
    /// with a group for each channel is torch.nn.InstanceNorm's rule.
    /// </summary>
    public static void Forward(Workers workers, float* x, float* gamma, float* beta, float* y, float* mean, float* rstd, long n, long channels, long spatial, long groups, double epsilon,
        float* runningMean = null, float* runningVariance = null, double momentum = 0)
    {
        long size = channels / groups * spatial;
        bool isTracked = runningMean is not null;
        var range = new ForwardRange { X = x, Gamma = gamma, Beta = beta, Y = y, Mean = mean, Rstd = rstd, C = channels, S = (nint)spatial, Groups = groups, Epsilon = epsilon, KeepsVariance = isTracked };
        VectorRanges.For(workers, ref range, n * groups, channels / groups * (16 + 3 * spatial));
        if (!isTracked)
            return;
        for (long g = 0; g < groups; g++)
        {
            runningMean[g] = (float)((1 - momentum) * runningMean[g] + momentum * OverSamples(mean + g, n, groups));
            runningVariance[g] = (float)((1 - momentum) * runningVariance[g] + momentum * OverSamples(rstd + g, n, groups) * ((double)size / (size - 1)));
        }
        for (long k = 0; k < n * groups; k++)
            rstd[k] = (float)(1 / Math.Sqrt(rstd[k] + epsilon));
    }

    /// <summary>Bytes of scratch memory for <see cref="Backward"/>.</summary>
    public static long ScratchBytes(long n, long channels, long spatial) => n * channels * Stretches(spatial) * 2 * sizeof(double);

    /// <summary>
    /// dγ, dβ (C), and with g = γ dy, M = C / G · S: dx = r (g - Σ g / M - x̂ Σ g x̂ / M).
    /// <paramref name="scratch"/> has <see cref="ScratchBytes"/>. dx may be null.
    /// </summary>
    public static void Backward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* dy, float* dx, float* dgamma, float* dbeta, void* scratch, long n, long channels, long spatial, long groups)
    {
        var range = new GroupRange { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Dy = dy, Dx = dx, Sums = (double*)scratch, C = channels, S = (nint)spatial, Groups = groups };
        VectorRanges.For(workers, ref range, n * groups, channels / groups * (16 + 4 * spatial));
        var parameters = new ParameterRange { Sums = (double*)scratch, Dgamma = dgamma, Dbeta = dbeta, N = n, C = channels, Stretches = Stretches(spatial) };
        VectorRanges.For(workers, ref parameters, channels, 4 * n * Stretches(spatial));
    }

    private static long Stretches(long spatial) => (spatial + ChannelNorm.Stretch - 1) / ChannelNorm.Stretch;

    private static double OverSamples(float* statistic, long n, long stride)
    {
        double sum = 0;
        for (long i = 0; i < n; i++)
            sum += statistic[i * stride];
        return sum / n;
    }

    // An item is a group of a sample: what is read once for its statistics is still in the caches when it is scaled.
    private struct ForwardRange : IVectorRange
    {
        public float* X, Gamma, Beta, Y, Mean, Rstd;
        public long C, Groups;
        public nint S;
        public double Epsilon;
        public bool KeepsVariance;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            long size = C / Groups;
            double scale = 1.0 / (size * S);
            for (long k = begin; k < end; k++)
            {
                float* x = X + k * size * S, y = Y + k * size * S;
                V mean = V.Create(Mean[k] = (float)(scale * Reduce.Row(default(SumOf), x, (nint)size * S, V.Create(0))));
                float variance = (float)(scale * Reduce.Row(default(SquaresOf), x, (nint)size * S, mean)), r = (float)(1 / Math.Sqrt(variance + Epsilon));
                Rstd[k] = KeepsVariance ? variance : r;
                long channel = k * size % C;
                for (long c = channel; c < channel + size; c++, x += S, y += S)
                    ChannelNorm.Forward(x, y, S, mean, V.Create(r), V.Create(Gamma is null ? 1 : Gamma[c]), V.Create(Beta is null ? 0 : Beta[c]));
            }
        }
    }

    // Sums has Σ dy and Σ dy x̂ of each stretch of each channel of each sample.
    private struct GroupRange : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Dy, Dx;
        public double* Sums;
        public long C, Groups;
        public nint S;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            long size = C / Groups;
            double* sums = Sums + 2 * begin * size * Stretches(S);
            for (long k = begin; k < end; k++)
            {
                float* x = X + k * size * S, dy = Dy + k * size * S;
                V mean = V.Create(Mean[k]), rstd = V.Create(Rstd[k]);
                long channel = k * size % C;
                double a = 0, b = 0;
                for (nint j = 0; j < (nint)size; j++)
                {
                    double sum = 0, dot = 0;
                    for (nint from = 0; from < S; from += ChannelNorm.Stretch, sums += 2)
                    {
                        (sums[0], sums[1]) = ChannelNorm.Sums(x + j * S + from, dy + j * S + from, Math.Min(ChannelNorm.Stretch, S - from), mean, rstd);
                        sum += sums[0];
                        dot += sums[1];
                    }
                    double weight = Gamma is null ? 1 : Gamma[channel + j];
                    a += weight * sum;
                    b += weight * dot;
                }
                if (Dx is null)
                    continue;
                V meanA = V.Create((float)(a / (size * S))), meanB = V.Create((float)(b / (size * S)));
                float* dx = Dx + k * size * S;
                for (nint j = 0; j < (nint)size; j++)
                    ChannelNorm.Backward(x + j * S, dy + j * S, dx + j * S, S, mean, rstd, V.Create(Gamma is null ? 1 : Gamma[channel + j]), meanA, meanB);
            }
        }
    }

    private struct ParameterRange : IVectorRange
    {
        public double* Sums;
        public float* Dgamma, Dbeta;
        public long N, C, Stretches;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long c = begin; c < end; c++)
            {
                double sum = 0, dot = 0;
                for (long n = 0; n < N; n++)
                {
                    double* sums = Sums + 2 * (n * C + c) * Stretches;
                    for (long i = 0; i < Stretches; i++, sums += 2)
                    {
                        sum += sums[0];
                        dot += sums[1];
                    }
                }
                Dbeta[c] = (float)sum;
                Dgamma[c] = (float)dot;
            }
        }
    }
}
