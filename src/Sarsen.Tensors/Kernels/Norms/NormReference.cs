namespace Sarsen.Tensors.Kernels;

/// <summary>
/// All norms in plain f64, the path of gradient checks: x is (N, C, S), affine by channel. Groups 0 is batch norm; layer norm
/// of (rows, C) is one group with N = rows, S = 1; RMS norm is that with <c>centred</c> false.
/// </summary>
public static unsafe class NormReference
{
    /// <summary>Mean and rstd, (C) for batch norm, else (N, groups).</summary>
    public static void Statistics(double* x, double* mean, double* rstd, long n, long channels, long spatial, long groups, bool centred, double epsilon)
    {
        long statistics = groups == 0 ? channels : n * groups;
        double size = (double)n * channels * spatial / statistics;
        for (long k = 0; k < statistics; k++)
            mean[k] = rstd[k] = 0;
        if (centred)
        {
            for (long i = 0; i < n * channels * spatial; i++)
                mean[At(i, channels, spatial, groups)] += x[i] / size;
        }
        for (long i = 0; i < n * channels * spatial; i++)
        {
            long k = At(i, channels, spatial, groups);
            rstd[k] += (x[i] - mean[k]) * (x[i] - mean[k]) / size;
        }
        for (long k = 0; k < statistics; k++)
            rstd[k] = 1 / Math.Sqrt(rstd[k] + epsilon);
    }

    public static void Forward(double* x, double* mean, double* rstd, double* gamma, double* beta, double* y, long n, long channels, long spatial, long groups)
    {
        for (long i = 0; i < n * channels * spatial; i++)
        {
            long k = At(i, channels, spatial, groups), c = i / spatial % channels;
            y[i] = (x[i] - mean[k]) * rstd[k] * (gamma is null ? 1 : gamma[c]) + (beta is null ? 0 : beta[c]);
        }
    }

    /// <summary>
    /// dx, dγ and dβ, where not null. <paramref name="scratch"/> has twice the statistics' count. Without
    /// <paramref name="training"/> the statistics are constants.
    /// </summary>
    public static void Backward(double* x, double* mean, double* rstd, double* gamma, double* dy, double* dx, double* dgamma, double* dbeta, double* scratch, long n, long channels, long spatial, long groups, bool centred, bool training)
    {
        long statistics = groups == 0 ? channels : n * groups, count = n * channels * spatial;
        double size = (double)count / statistics;
        for (long k = 0; k < 2 * statistics; k++)
            scratch[k] = 0;
        for (long c = 0; c < channels; c++)
        {
            if (dgamma is not null)
                dgamma[c] = 0;
            if (dbeta is not null)
                dbeta[c] = 0;
        }
        for (long i = 0; i < count; i++)
        {
            long k = At(i, channels, spatial, groups), c = i / spatial % channels;
            double hat = (x[i] - mean[k]) * rstd[k], g = dy[i] * (gamma is null ? 1 : gamma[c]);
            scratch[k] += centred && training ? g / size : 0;
            scratch[statistics + k] += training ? g * hat / size : 0;
            if (dgamma is not null)
                dgamma[c] += dy[i] * hat;
            if (dbeta is not null)
                dbeta[c] += dy[i];
        }
        for (long i = 0; i < count && dx is not null; i++)
        {
            long k = At(i, channels, spatial, groups), c = i / spatial % channels;
            double hat = (x[i] - mean[k]) * rstd[k], g = dy[i] * (gamma is null ? 1 : gamma[c]);
            dx[i] = rstd[k] * (g - scratch[k] - hat * scratch[statistics + k]);
        }
    }

    private static long At(long i, long channels, long spatial, long groups) =>
        groups == 0 ? i / spatial % channels : i / (channels * spatial) * groups + i / spatial % channels / (channels / groups);
}
