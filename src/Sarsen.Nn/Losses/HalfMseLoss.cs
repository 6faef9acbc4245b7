using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = (y - y')² / 2, its mean 1/2m Σ over all m elements: the form whose gradient is (y - y') / m. Output and target
/// have one shape.
/// </summary>
/// <param name="reduction">What becomes of the elements.</param>
public sealed class HalfMseLoss(LossReduction reduction = LossReduction.Mean) : Loss(reduction)
{
    public override string Name => "half_mse";

    public override Tensor Call(Tensor output, Tensor target) => output.MseLoss(target, Reduction, factor: 0.5);
}
