using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Steps divided by the running root mean square of the gradient; PyTorch's RMSprop, whose formula stands with
/// <see cref="RmsPropStep"/> (Hinton, 2012; Graves, 2013, for the centred one). States: <c>square_avg</c>;
/// <c>momentum_buffer</c> with momentum or when centred; <c>grad_avg</c> when centred.
/// </summary>
public sealed class RmsProp : Optimizer<RmsPropStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="alpha">The decay of the mean square, at least 0 and below 1.</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="momentum">The part of the last move that is kept, zero or more.</param>
    /// <param name="centered">Divide by the running deviation instead: the mean is subtracted.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public RmsProp(Module module, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false,
        IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, null, centered ? ["square_avg", "momentum_buffer", "grad_avg"] : momentum != 0 ? ["square_avg", "momentum_buffer"] : ["square_avg"])
    {
        Alpha = OptimizerOption.Decay(alpha, nameof(alpha));
        Eps = OptimizerOption.NotNegative(eps, nameof(eps));
        Momentum = OptimizerOption.NotNegative(momentum, nameof(momentum));
        Centered = centered;
    }

    public double Alpha { get; }

    public double Eps { get; }

    public double Momentum { get; }

    public bool Centered { get; }

    private protected override RmsPropStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Alpha, Eps, weightDecay, Momentum, Centered);
}
