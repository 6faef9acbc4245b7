using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// The negative log-likelihood of counts t under a Poisson distribution of rate e^x, or x; PyTorch's PoissonNLLLoss, whose formula
/// stands with <see cref="Sarsen.Tensors.Kernels.PoissonError"/>. Output and target have one shape.
/// </summary>
public sealed class PoissonNllLoss : Loss
{
    /// <param name="logInput">The output is the logarithm of the rate.</param>
    /// <param name="full">With Stirling's approximation of ln t!, which the weights do not depend on.</param>
    /// <param name="eps">Added to a rate below the logarithm, above zero.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="eps"/> is not above zero.</exception>
    public PoissonNllLoss(bool logInput = true, bool full = false, double eps = 1e-8, LossReduction reduction = LossReduction.Mean) : base(reduction)
    {
        if (!(eps > 0))
            throw new ArgumentOutOfRangeException(nameof(eps), eps, "eps is above zero");
        (LogInput, Full, Eps) = (logInput, full, eps);
    }

    public override string Name => "poisson_nll";

    public bool LogInput { get; }

    public bool Full { get; }

    public double Eps { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.PoissonNllLoss(target, LogInput, Full, Eps, Reduction);
}
