using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// Binary cross-entropy that looks away from what is right already: times q^γ, q the probability of being wrong, and α for ones,
/// 1 - α for zeros; sigmoid included. torchvision's sigmoid_focal_loss, whose formula stands with
/// <see cref="Sarsen.Tensors.Kernels.BinaryFocal"/> (Lin et al., 2017). Logits and targets in [0, 1] have one shape.
/// </summary>
public sealed class BinaryFocalLoss : Loss
{
    /// <param name="alpha">The weight of ones, 0 to 1; null for no weights.</param>
    /// <param name="gamma">Zero, which is cross-entropy, or more.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">A constant is out of range.</exception>
    public BinaryFocalLoss(double? alpha = 0.25, double gamma = 2, LossReduction reduction = LossReduction.Mean) : base(reduction)
    {
        if (alpha is { } weight && !(weight is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha is from 0 to 1");
        FocalLoss.CheckGamma(gamma);
        (Alpha, Gamma) = (alpha, gamma);
    }

    public override string Name => "binary_focal";

    public double? Alpha { get; }

    public double Gamma { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.BinaryFocalLoss(target, Alpha ?? -1, Gamma, Reduction);
}
