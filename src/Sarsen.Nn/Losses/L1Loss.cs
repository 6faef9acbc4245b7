using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>ℓ = |y - y'|, its mean 1/m Σ over all m elements; PyTorch's L1Loss. Output and target have one shape.</summary>
/// <param name="reduction">What becomes of the elements.</param>
public sealed class L1Loss(LossReduction reduction = LossReduction.Mean) : Loss(reduction)
{
    public override string Name => "l1";

    public override Tensor Call(Tensor output, Tensor target) => output.L1Loss(target, Reduction);
}
