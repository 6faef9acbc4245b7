using System.Numerics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.nn.NLLLoss over rows of log-probabilities (N, C): lₙ = -w_y x_y, 0 where y is the ignored index; dx is
/// -w_y · dlₙ at y, 0 elsewhere. The mean divides by <see cref="CrossEntropy.WeightSum"/>. Classes must be valid:
/// <see cref="CrossEntropy.FirstOutside"/>.
/// </summary>
public static unsafe class NegativeLogLikelihood
{
    public static void Forward<T>(T* logProbabilities, long* targets, T* weights, T* losses, long rows, long classes, long ignoreIndex) where T : unmanaged, INumber<T>
    {
        for (long n = 0; n < rows; n++)
        {
            long y = targets[n];
            losses[n] = y == ignoreIndex ? T.Zero : -(weights is null ? T.One : weights[y]) * logProbabilities[n * classes + y];
        }
    }

    /// <summary><paramref name="dloss"/> is (N) where <paramref name="perRow"/> is set, else one element.</summary>
    public static void Backward<T>(long* targets, T* weights, T* dloss, bool perRow, double scale, T* dx, long rows, long classes, long ignoreIndex) where T : unmanaged, INumber<T>
    {
        for (long i = 0; i < rows * classes; i++)
            dx[i] = T.Zero;
        for (long n = 0; n < rows; n++)
        {
            if (targets[n] != ignoreIndex)
                dx[n * classes + targets[n]] = -(weights is null ? T.One : weights[targets[n]]) * dloss[perRow ? n : 0] * T.CreateTruncating(scale);
        }
    }
}
