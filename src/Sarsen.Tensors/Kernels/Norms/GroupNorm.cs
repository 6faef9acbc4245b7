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
        var reduction = new Reduction(n * groups, size, 1);
        Reduce.Run(workers, default(SumOf), reduction, x, mean, 1.0 / size);
        Reduce.Run(workers, default(SquaresOf), reduction, x, rstd, 1.0 / size, mean);
        for (long g = 0; g < groups && runningMean is not null; g++)
        {
            runningMean[g] = (float)((1 - momentum) * runningMean[g] + momentum * OverSamples(mean + g, n, groups));
            runningVariance[g] = (float)((1 - momentum) * runningVariance[g] + momentum * OverSamples(rstd + g, n, groups) * ((double)size / (size - 1)));
        }
        for (long k = 0; k < n * groups; k++)
            rstd[k] = (float)(1 / Math.Sqrt(rstd[k] + epsilon));
        ChannelNorm.Apply(workers, x, mean, rstd, gamma, beta, y, n, channels, spatial, groups);
    }

    /// <summary>
    /// dγ, dβ (C), and with g = γ dy, M = C / G · S: dx = r (g - Σ g / M - x̂ Σ g x̂ / M).
    /// <paramref name="scratch"/> has 2 N G elements. dx may be null.
    /// </summary>
    public static void Backward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* dy, float* dx, float* dgamma, float* dbeta, float* scratch, long n, long channels, long spatial, long groups)
    {
        ChannelNorm.BackwardParameters(workers, x, mean, rstd, dy, dgamma, dbeta, n, channels, spatial, groups);
        if (dx is null)
            return;
        float* b = scratch + n * groups;
        var range = new GroupRange { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Dy = dy, A = scratch, B = b, C = channels, S = (nint)spatial, Groups = groups };
        VectorRanges.For(workers, ref range, n * groups, channels / groups * (16 + spatial));
        ChannelNorm.BackwardInput(workers, x, mean, rstd, gamma, scratch, b, dy, dx, n, channels, spatial, groups);
    }

    private static double OverSamples(float* statistic, long n, long stride)
    {
        double sum = 0;
        for (long i = 0; i < n; i++)
            sum += statistic[i * stride];
        return sum / n;
    }

    private struct GroupRange : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Dy, A, B;
        public long C, Groups;
        public nint S;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            long size = C / Groups;
            for (long k = begin; k < end; k++)
            {
                double a = 0, b = 0;
                for (long j = 0; j < size; j++)
                {
                    // (n G + group) C/G + j = n C + c.
                    long at = (k * size + j) * S;
                    double sum = 0, dot = 0;
                    ChannelNorm.Sums<V>(X + at, Dy + at, S, Mean[k], Rstd[k], ref sum, ref dot);
                    double weight = Gamma is null ? 1 : Gamma[(k * size + j) % C];
                    a += weight * sum;
                    b += weight * dot;
                }
                A[k] = (float)(a / (size * S));
                B[k] = (float)(b / (size * S));
            }
        }
    }
}
