using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = max(0, -y (a - b) + margin): a is to stand above b where y = 1, below it where y = -1; PyTorch's MarginRankingLoss. The
/// three have one shape.
/// </summary>
/// <param name="margin">By how much.</param>
/// <param name="reduction">What becomes of the pairs.</param>
public sealed class MarginRankingLoss(double margin = 0, LossReduction reduction = LossReduction.Mean)
{
    public double Margin { get; } = margin;

    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Call(Tensor a, Tensor b, Tensor y) => a.Shape == b.Shape && a.Shape == y.Shape
        ? (y * (b - a) + Margin).Relu().By(reduction)
        : throw new ShapeException($"MarginRankingLoss: a, b and y of one shape expected, given {a.Shape}, {b.Shape} and {y.Shape}");
}
