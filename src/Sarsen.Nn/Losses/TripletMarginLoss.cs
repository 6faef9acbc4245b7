using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = max(0, d(anchor, positive) - d(anchor, negative) + margin), d(a, b) = ‖a - b + 1e-6‖_p over the last dimension; PyTorch's
/// TripletMarginLoss (Balntas et al., 2016). The three have one shape (N, D).
/// </summary>
public sealed class TripletMarginLoss
{
    private readonly LossReduction _reduction;

    /// <param name="margin">How much nearer the positive is to be.</param>
    /// <param name="p">2, or 1 for the sum of the distances of each element.</param>
    /// <param name="swap">Measure the negative from the positive where that is nearer.</param>
    /// <param name="reduction">What becomes of the triplets.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="p"/> is neither 1 nor 2.</exception>
    public TripletMarginLoss(double margin = 1, int p = 2, bool swap = false, LossReduction reduction = LossReduction.Mean)
    {
        if (p is not (1 or 2))
            throw new ArgumentOutOfRangeException(nameof(p), p, "distances are by the norm of 1 or 2");
        (Margin, P, Swap, _reduction) = (margin, p, swap, reduction);
    }

    public double Margin { get; }

    public int P { get; }

    public bool Swap { get; }

    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Call(Tensor anchor, Tensor positive, Tensor negative)
    {
        if (anchor.Rank < 1 || anchor.Shape != positive.Shape || anchor.Shape != negative.Shape)
            throw new ShapeException($"TripletMarginLoss: three of one shape (N, D) expected, given {anchor.Shape}, {positive.Shape} and {negative.Shape}");
        Tensor near = Distance(anchor, positive), far = Distance(anchor, negative); // (N)
        if (Swap)
            far = far.Minimum(Distance(positive, negative));
        return (near - far + Margin).Relu().By(_reduction);
    }

    private Tensor Distance(Tensor a, Tensor b)
    {
        Tensor difference = a - b + 1e-6;
        return P == 1 ? difference.Abs().Sum(-1) : difference.Square().Sum(-1).Sqrt();
    }
}
