using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Batch norm of x (N, C, S), S = 1 for (N, C): y = (x - μ) r γ + β. In training μ and r = 1 / √(σ² + ε) are those of the
/// batch, σ² without Bessel's correction, and running ← (1 - momentum) running + momentum · (μ, or σ² M / (M - 1)),
/// M = N S, as torch.nn.BatchNorm. In evaluation they are the running ones. Source: Ioffe, Szegedy, ICML 2015.
/// </summary>
/// <remarks>
/// M must be at least 2 in training, as PyTorch demands of the caller. The work is <see cref="BatchNormChannels"/>', or
/// <see cref="BatchNormRows"/>' where S is 1.
/// </remarks>
public static unsafe class BatchNorm
{
    /// <summary>Mean and rstd (C each) of the batch, and y by them; γ and β may be null. The running statistics are moved on, or may both be null.</summary>
    public static void ForwardOfBatch(Workers workers, float* x, float* mean, float* rstd, float* runningMean, float* runningVariance, float* gamma, float* beta, float* y, long n, long channels, long spatial, double momentum, double epsilon)
    {
        if (spatial == 1)
        {
            var reduction = new Reduction(1, n, channels);
            Reduce.Run(workers, default(SumOf), reduction, x, mean, 1.0 / n);
            Reduce.Run(workers, default(SquaresOf), reduction, x, rstd, 1.0 / n, mean);
            Move(mean, rstd, runningMean, runningVariance, n, channels, momentum, epsilon);
            Forward(workers, x, mean, rstd, gamma, beta, y, n, channels, spatial);
            return;
        }
        var range = new BatchNormChannels.OfBatch { X = x, Mean = mean, Variance = rstd, Gamma = gamma, Beta = beta, Y = y, N = (nint)n, C = (nint)channels, S = (nint)spatial, Epsilon = epsilon };
        VectorRanges.For(workers, ref range, channels, 3 * n * (16 + spatial));
        Move(mean, rstd, runningMean, runningVariance, n * spatial, channels, momentum, epsilon);
    }

    /// <summary>r = 1 / √(running variance + ε), for evaluation.</summary>
    public static void RunningRstd(float* runningVariance, float* rstd, long channels, double epsilon)
    {
        for (long c = 0; c < channels; c++)
            rstd[c] = (float)(1 / Math.Sqrt(runningVariance[c] + epsilon));
    }

    /// <summary>y = (x - μ) r γ + β; γ and β may be null.</summary>
    public static void Forward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* beta, float* y, long n, long channels, long spatial)
    {
        if (spatial == 1)
        {
            var rows = new BatchNormRows.Elements { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Beta = beta, Y = y, C = (nint)channels };
            VectorRanges.For(workers, ref rows, n, channels);
            return;
        }
        var range = new BatchNormChannels.ByGiven { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Beta = beta, Y = y, C = channels, S = (nint)spatial };
        VectorRanges.For(workers, ref range, n * channels, 16 + spatial);
    }

    /// <summary>
    /// dγ = Σ dy x̂, dβ = Σ dy, and dx = γ r (dy - dβ / M - x̂ dγ / M) in training or γ r dy in evaluation.
    /// <paramref name="scratch"/> has 2 C elements. dx may be null.
    /// </summary>
    public static void Backward(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* dy, float* dx, float* dgamma, float* dbeta, float* scratch, long n, long channels, long spatial, bool training)
    {
        if (spatial != 1)
        {
            var range = new BatchNormChannels.Gradient { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Dy = dy, Dx = dx, Dgamma = dgamma, Dbeta = dbeta, N = (nint)n, C = (nint)channels, S = (nint)spatial, IsTraining = training };
            VectorRanges.For(workers, ref range, channels, 4 * n * (16 + spatial));
            return;
        }
        var parameters = new BatchNormRows.Parameters { X = x, Mean = mean, Rstd = rstd, Dy = dy, Dgamma = dgamma, Dbeta = dbeta, N = (nint)n, C = (nint)channels };
        VectorRanges.For(workers, ref parameters, (channels + 15) / 16, 32 * n);
        if (dx is null)
            return;
        for (long c = 0; c < channels; c++)
        {
            double weight = (gamma is null ? 1 : gamma[c]) / (double)n;
            scratch[c] = training ? (float)(weight * dbeta[c]) : 0;
            scratch[channels + c] = training ? (float)(weight * dgamma[c]) : 0;
        }
        var input = new BatchNormRows.Elements { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Y = dx, Dy = dy, A = scratch, B = scratch + channels, C = (nint)channels };
        VectorRanges.For(workers, ref input, n, 2 * channels);
    }

    /// <summary>From variances to rstd, and the running statistics on.</summary>
    private static void Move(float* mean, float* rstd, float* runningMean, float* runningVariance, double count, long channels, double momentum, double epsilon)
    {
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
}
