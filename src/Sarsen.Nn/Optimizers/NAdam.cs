using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// <see cref="Adam"/> with Nesterov's look ahead; the formula stands with <see cref="NAdamStep"/> (Dozat, 2016). States: <c>exp_avg</c>,
/// <c>exp_avg_sq</c> and the number <c>mu_product</c>.
/// </summary>
public sealed class NAdam : Optimizer<NAdamStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="beta1">The decay of the mean of the gradient, at least 0 and below 1.</param>
    /// <param name="beta2">The decay of its mean square, at least 0 and below 1.</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="momentumDecay">How fast the momentum grows to its whole, zero or more.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public NAdam(Module module, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3, IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, "mu_product", ["exp_avg", "exp_avg_sq"])
    {
        Beta1 = OptimizerOption.Decay(beta1, nameof(beta1));
        Beta2 = OptimizerOption.Decay(beta2, nameof(beta2));
        Eps = OptimizerOption.NotNegative(eps, nameof(eps));
        MomentumDecay = OptimizerOption.NotNegative(momentumDecay, nameof(momentumDecay));
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double Eps { get; }

    public double MomentumDecay { get; }

    private protected override NAdamStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Beta1, Beta2, Eps, weightDecay, MomentumDecay, step, ref number);
}
