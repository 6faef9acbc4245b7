using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Batch norm of x (N, C, S), S = 1 for (N, C): y = (x - μ) r γ + β. In training μ and r = 1 / √(σ² + ε) are those of the
/// batch, σ² without Bessel's correction, and running ← (1 - momentum) running + momentum · (μ, or σ² M / (M - 1)),
/// M = N S, as torch.nn.BatchNorm. In evaluation they are the running ones. Source: Ioffe, Szegedy, ICML 2015.
/// </summary>
/// <remarks>M must be at least 2 in training, as PyTorch demands of the caller.</remarks>
public static unsafe class BatchNorm
{
    /// <summary>Mean and rstd (C each) of the batch; the running statistics are moved on, or may both be null.</summary>
    public static void Statistics(Workers workers, float* x, float* mean, float* rstd, float* runningMean, float* runningVariance, long n, long channels, long spatial, double momentum, double epsilon)
    {
        var reduction = Over(n, channels, spatial);
        double count = (double)n * spatial;
        Reduce.Run(workers, default(SumOf), reduction, x, mean, 1 / count);
        Reduce.Run(workers, default(SquaresOf), reduction, x, rstd, 1 / count, mean);
        for (long c = 0; c < channels; c++)
        {
            double variance = rstd[c];
            if (runningMean is not null)
            {
                runningMean[c] = (float)((1 - momentum) * runningMean[c] + momentum * mean[c]);
                runningVariance[c] = (float)((1 - momentum) * runningVariance[c] + momentum * variance * (count / (count - 1)));
            }
            rstd[c] = (float)(1 / Math.Sqrt(variance + epsilon));
        }
    }

    /// <summary>r = 1 / √(running variance + ε), for evaluation.</summary>
    public static void RunningRstd(float* runningVariance, float* rstd, long channels, double epsilon)
    {
        for (long c = 0; c < channels; c++)
            rstd[c] = (float)(1 / Math.Sqrt(runningVariance[c] + epsilon));
    }

    /// <summary>y = (x - μ) r γ + β; γ and β may be null.</summary>
    public static void Forward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* beta, float* y, long n, long channels, long spatial) =>
        ChannelNorm.Apply(workers, x, mean, rstd, gamma, beta, y, n, channels, spatial, groups: 0);

    /// <summary>
    /// dγ = Σ dy x̂, dβ = Σ dy, and dx = γ r (dy - dβ / M - x̂ dγ / M) in training or γ r dy in evaluation.
    /// <paramref name="scratch"/> has 2 C elements. dx may be null.
    /// </summary>
    public static void Backward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* dy, float* dx, float* dgamma, float* dbeta, float* scratch, long n, long channels, long spatial, bool training)
    {
        ChannelNorm.BackwardParameters(workers, x, mean, rstd, dy, dgamma, dbeta, n, channels, spatial, groups: 0);
        if (dx is null)
            return;
        double count = (double)n * spatial;
        for (long c = 0; c < channels; c++)
        {
            double weight = (gamma is null ? 1 : gamma[c]) / count;
            scratch[c] = training ? (float)(weight * dbeta[c]) : 0;
            scratch[channels + c] = training ? (float)(weight * dgamma[c]) : 0;
        }
        ChannelNorm.BackwardInput(workers, x, mean, rstd, gamma, scratch, scratch + channels, dy, dx, n, channels, spatial, groups: 0);
    }

    private static Reduction Over(long n, long channels, long spatial)
    {
        var shape = new Shape(n, channels, spatial);
        return new Reduction(shape, shape.Contiguous(), 0b101);
    }
}
