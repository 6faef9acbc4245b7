using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = (y - y')² / 2 where |y - y'| ≤ delta, beyond it delta (|y - y'| - delta / 2); PyTorch's HuberLoss (Huber, 1964).
/// Output and target have one shape.
/// </summary>
public sealed class HuberLoss : Loss
{
    /// <param name="delta">Where the square ends, above zero, in the target's unit.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is not above zero.</exception>
    public HuberLoss(double delta = 1, LossReduction reduction = LossReduction.Mean) : base(reduction)
    {
        if (!(delta > 0))
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "delta is above zero");
        Delta = delta;
    }

    public override string Name => "huber";

    public double Delta { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.HuberLoss(target, Delta, Reduction);
}
