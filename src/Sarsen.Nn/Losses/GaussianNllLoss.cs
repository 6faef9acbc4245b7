using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = (ln v + (x - t)² / v) / 2, the negative log-likelihood of targets t under a normal distribution of mean x and variance v,
/// v at least eps; PyTorch's GaussianNLLLoss. The three have one shape.
/// </summary>
public sealed class GaussianNllLoss
{
    private readonly LossReduction _reduction;

    /// <param name="full">With the constant ln(2π) / 2.</param>
    /// <param name="eps">The least variance, above zero. A smaller one counts as that, but gets its gradient all the same.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eps"/> is not above zero.</exception>
    public GaussianNllLoss(bool full = false, double eps = 1e-6, LossReduction reduction = LossReduction.Mean)
    {
        if (!(eps > 0))
            throw new ArgumentOutOfRangeException(nameof(eps), eps, "eps is above zero");
        (Full, Eps, _reduction) = (full, eps, reduction);
    }

    public bool Full { get; }

    public double Eps { get; }

    /// <exception cref="ShapeException">The shapes differ.</exception>
    public Tensor Call(Tensor mean, Tensor target, Tensor variance)
    {
        if (mean.Shape != target.Shape || mean.Shape != variance.Shape)
            throw new ShapeException($"GaussianNllLoss: mean, target and variance of one shape expected, given {mean.Shape}, {target.Shape} and {variance.Shape}");
        Tensor raised;
        using (Tape.Pause())
            raised = variance.Hardtanh(Eps, double.PositiveInfinity) - variance;
        Tensor v = variance + raised;
        Tensor each = (v.Log() + (mean - target).Square() / v) * 0.5;
        return (Full ? each + 0.5 * Math.Log(2 * Math.PI) : each).By(_reduction);
    }
}
