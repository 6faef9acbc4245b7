using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// Cross-entropy that looks away from what is right already: ℓ = -w_t (1 - p)^γ ln p, p the softmax of the logits (…, C) at the class
/// t (…) in I64, softmax included (Lin et al., 2017). The mean is over the rows that count, whatever their weights.
/// </summary>
public sealed class FocalLoss : Loss
{
    private readonly Tensor _weights;

    /// <param name="gamma">Zero, which is cross-entropy, or more.</param>
    /// <param name="classWeights">A weight for each class, the paper's α; null for ones.</param>
    /// <param name="ignoreIndex">Rows of this class count for nothing.</param>
    /// <param name="reduction">What becomes of the rows.</param>
    /// <param name="type">The type of the logits.</param>
    /// <exception cref="ArgumentException">A constant is out of range.</exception>
    public FocalLoss(double gamma = 2, IReadOnlyList<double>? classWeights = null, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean,
        DType type = DType.F32) : base(reduction)
    {
        CheckGamma(gamma);
        _weights = Weights(classWeights, nameof(classWeights), type);
        (Gamma, IgnoreIndex) = (gamma, ignoreIndex);
    }

    public override string Name => "focal";

    public double Gamma { get; }

    public long IgnoreIndex { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.FocalLoss(target, Gamma, _weights, Reduction, IgnoreIndex);

    public override double Weight(Tensor target) => ClassWeight(target, default, IgnoreIndex);

    internal static void CheckGamma(double gamma)
    {
        if (!(gamma >= 0 && double.IsFinite(gamma)))
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "gamma is zero or more, and finite");
    }
}
