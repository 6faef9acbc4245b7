using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = t (ln t - x) of log-probabilities x and probabilities t, 0 at t = 0; PyTorch's KLDivLoss. Output and target have one shape.
/// </summary>
/// <param name="logTarget">The targets are logarithms too.</param>
/// <param name="batchMean">The mean divides by the rows, the first dimension: the divergence itself, PyTorch's batchmean.</param>
/// <param name="reduction">What becomes of the elements.</param>
public sealed class KlDivLoss(bool logTarget = false, bool batchMean = false, LossReduction reduction = LossReduction.Mean) : Loss(reduction)
{
    public override string Name => "kl_div";

    public override Tensor Call(Tensor output, Tensor target) => batchMean && Reduction == LossReduction.Mean
        ? output.KlDivLoss(target, logTarget, LossReduction.Sum, 1.0 / Math.Max(1, Weight(target)))
        : output.KlDivLoss(target, logTarget, Reduction);

    public override double Weight(Tensor target) => batchMean && target.Rank > 0 ? target.Shape[0] : target.Count;
}
