using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = 1 - cos(a, b) where the pair belongs together (y = 1), max(0, cos(a, b) - margin) where it does not (y = -1); PyTorch's
/// CosineEmbeddingLoss. a and b are (N, D), y is (N); cos = a·b / √((a² + 1e-12)(b² + 1e-12)).
/// </summary>
/// <param name="margin">The cosine that strangers may have, -1 to 1.</param>
/// <param name="reduction">What becomes of the pairs.</param>
public sealed class CosineEmbeddingLoss(double margin = 0, LossReduction reduction = LossReduction.Mean)
{
    public double Margin { get; } = margin is >= -1 and <= 1
        ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "the margin of cosines is from -1 to 1");

    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Call(Tensor a, Tensor b, Tensor y)
    {
        if (a.Rank != 2 || a.Shape != b.Shape || y.Shape != new Shape(a.Shape[0]))
            throw new ShapeException($"CosineEmbeddingLoss: pairs (N, D) and (N, D) with y (N) expected, given {a.Shape}, {b.Shape} and {y.Shape}");
        Tensor norms = (a.Square().Sum(-1) + 1e-12) * (b.Square().Sum(-1) + 1e-12); // (N)
        Tensor cosine = (a * b).Sum(-1) / norms.Sqrt(); // (N)
        Tensor together = y * 0.5 + 0.5, apart = y * -0.5 + 0.5;
        return (together * (1 - cosine) + apart * (cosine - Margin).Relu()).By(reduction);
    }
}
