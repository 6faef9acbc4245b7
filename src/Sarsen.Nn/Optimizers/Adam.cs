using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Steps scaled by running moments of the gradient; PyTorch's Adam, whose formula stands with <see cref="AdamStep"/>
/// (Kingma and Ba, 2015). States: <c>exp_avg</c>, <c>exp_avg_sq</c> and, with AMSGrad, <c>max_exp_avg_sq</c>. Each
/// parameter's moments are corrected by its own count of steps.
/// </summary>
public class Adam : Optimizer<AdamStep>
{
    private readonly bool _decoupled;

    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="beta1">The decay of the mean of the gradient, at least 0 and below 1.</param>
    /// <param name="beta2">The decay of its mean square, at least 0 and below 1.</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="amsgrad">Divide by the largest mean square so far (Reddi et al., 2018).</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public Adam(Module module, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false,
        IReadOnlyList<ParameterGroup>? groups = null)
        : this(module, beta1, beta2, eps, weightDecay, amsgrad, groups, decoupled: false)
    {
    }

    private protected Adam(Module module, double beta1, double beta2, double eps, double weightDecay, bool amsgrad, IReadOnlyList<ParameterGroup>? groups, bool decoupled)
        : base(module, weightDecay, groups, null, amsgrad ? ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"] : ["exp_avg", "exp_avg_sq"])
    {
        Beta1 = OptimizerOption.Decay(beta1, nameof(beta1));
        Beta2 = OptimizerOption.Decay(beta2, nameof(beta2));
        Eps = OptimizerOption.NotNegative(eps, nameof(eps));
        Amsgrad = amsgrad;
        _decoupled = decoupled;
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    public double Eps { get; }

    public bool Amsgrad { get; }

    private protected override AdamStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Beta1, Beta2, Eps, weightDecay, _decoupled, Amsgrad, step);
}
