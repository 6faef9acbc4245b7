using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>ℓ = (y - y')², its mean 1/m Σ over all m elements; PyTorch's MSELoss. Output and target have one shape.</summary>
/// <param name="reduction">What becomes of the elements.</param>
public sealed class MseLoss(LossReduction reduction = LossReduction.Mean) : Loss(reduction)
{
    public override string Name => "mse";

    public override Tensor Call(Tensor output, Tensor target) => output.MseLoss(target, Reduction);
}
