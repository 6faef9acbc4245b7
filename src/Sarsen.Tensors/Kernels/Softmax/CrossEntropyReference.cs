namespace Sarsen.Tensors.Kernels;

/// <summary><see cref="CrossEntropy"/> in plain f64: the path of gradient checks. Exactly one kind of target is given.</summary>
public static unsafe class CrossEntropyReference
{
    /// <summary>Losses (N) of logits (N, C).</summary>
    public static void Forward(double* logits, long* targets, double* probabilities, double* weights, double* losses, long rows, long classes, long ignoreIndex, double smoothing)
    {
        for (long n = 0; n < rows; n++)
        {
            double* x = logits + n * classes;
            double lse = LogSumExp(x, classes), loss = 0;
            for (long c = 0; c < classes; c++)
                loss -= Target(targets, probabilities, weights, n, c, classes, ignoreIndex, smoothing) * (x[c] - lse);
            losses[n] = loss;
        }
    }

    /// <summary>dx_c = g (p_c Σ b - b_c); <paramref name="dloss"/> is (N) where <paramref name="perRow"/> is set, else one element.</summary>
    public static void Backward(double* logits, long* targets, double* probabilities, double* weights, double* dloss, bool perRow, double scale, double* dlogits, long rows, long classes, long ignoreIndex, double smoothing)
    {
        for (long n = 0; n < rows; n++)
        {
            double* x = logits + n * classes;
            double lse = LogSumExp(x, classes), sum = 0, g = dloss[perRow ? n : 0] * scale;
            for (long c = 0; c < classes; c++)
                sum += Target(targets, probabilities, weights, n, c, classes, ignoreIndex, smoothing);
            for (long c = 0; c < classes; c++)
                dlogits[n * classes + c] = g * (Math.Exp(x[c] - lse) * sum - Target(targets, probabilities, weights, n, c, classes, ignoreIndex, smoothing));
        }
    }

    // b_c: the weighted and smoothed target.
    private static double Target(long* targets, double* probabilities, double* weights, long n, long c, long classes, long ignored, double smoothing)
    {
        if (targets is null)
            return (weights is null ? 1 : weights[c]) * (probabilities[n * classes + c] * (1 - smoothing) + smoothing / classes);
        if (targets[n] == ignored)
            return 0;
        return (weights is null ? 1 : weights[c]) * ((c == targets[n] ? 1 - smoothing : 0) + smoothing / classes);
    }

    private static double LogSumExp(double* x, long n)
    {
        double max = double.NegativeInfinity, sum = 0;
        for (long c = 0; c < n; c++)
            max = Math.Max(max, x[c]);
        for (long c = 0; c < n; c++)
            sum += Math.Exp(x[c] - max);
        return max + Math.Log(sum);
    }
}
