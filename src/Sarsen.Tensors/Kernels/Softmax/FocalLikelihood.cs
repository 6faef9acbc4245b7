using System.Numerics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The focal loss of rows of log-probabilities x (N, C) and classes y: lₙ = -w_y (1 - p)^γ ln p, p = e^(x_y), 0 where y is the
/// ignored index; dx is -w_y ((1 - p)^γ - γ p ln p (1 - p)^(γ-1)) · dlₙ at y, 0 elsewhere. Computed in f64, a number a row. Classes must be
/// valid: <see cref="CrossEntropy.FirstOutside"/>. Source: Lin et al., ICCV 2017, for more than two classes.
/// </summary>
public static unsafe class FocalLikelihood
{
    public static void Forward<T>(T* logProbabilities, long* targets, T* weights, T* losses, long rows, long classes, double gamma, long ignoreIndex) where T : unmanaged, INumber<T>
    {
        for (long n = 0; n < rows; n++)
        {
            long y = targets[n];
            if (y == ignoreIndex)
            {
                losses[n] = T.Zero;
                continue;
            }
            double log = double.CreateTruncating(logProbabilities[n * classes + y]);
            losses[n] = T.CreateTruncating(-Weight(weights, y) * Power(Wrong(log), gamma) * log);
        }
    }

    /// <summary><paramref name="dloss"/> is (N) where <paramref name="perRow"/> is set, else one element.</summary>
    public static void Backward<T>(T* logProbabilities, long* targets, T* weights, T* dloss, bool perRow, double scale, T* dx, long rows, long classes, double gamma, long ignoreIndex) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < rows * classes; i++)
            dx[i] = T.Zero;
        for (long n = 0; n < rows; n++)
        {
            long y = targets[n];
            if (y == ignoreIndex)
                continue;
            double log = double.CreateTruncating(logProbabilities[n * classes + y]), wrong = Wrong(log);
            double focus = gamma == 0 || wrong is 0 or 1 ? 0 : gamma * (1 - wrong) * log * Power(wrong, gamma - 1);
            dx[n * classes + y] = T.CreateTruncating(-Weight(weights, y) * (Power(wrong, gamma) - focus) * scale * double.CreateTruncating(dloss[perRow ? n : 0]));
        }
    }

    private static double Weight<T>(T* weights, long y) where T : unmanaged, INumber<T> => weights is null ? 1 : double.CreateTruncating(weights[y]);

    // 1 - e^log, without cancellation where the probability is near one.
    private static double Wrong(double log) => Math.Clamp(-Wide.ExactExpm1(log), 0, 1);

    private static double Power(double x, double exponent) => exponent == 0 ? 1 : x == 0 ? 0 : Wide.Exp(Math.Clamp(exponent * Wide.Log(x), -700, 700));
}
