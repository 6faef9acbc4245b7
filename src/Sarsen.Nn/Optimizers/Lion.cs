using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Steps of one size in the direction of a mean of the gradient: half the memory of <see cref="Adam"/>; a learning rate three to
/// ten times smaller is usual. The formula stands with <see cref="LionStep"/> (Chen et al., 2023). State: <c>exp_avg</c>.
/// </summary>
public sealed class Lion : Optimizer<LionStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="beta1">How much of the mean there is in the direction, at least 0 and below 1.</param>
    /// <param name="beta2">The decay of the mean, at least 0 and below 1.</param>
    /// <param name="weightDecay">λ: the part of each weight taken away a step, times the learning rate.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public Lion(Module module, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0, IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, null, ["exp_avg"])
    {
        Beta1 = OptimizerOption.Decay(beta1, nameof(beta1));
        Beta2 = OptimizerOption.Decay(beta2, nameof(beta2));
    }

    public double Beta1 { get; }

    public double Beta2 { get; }

    private protected override LionStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Beta1, Beta2, weightDecay);
}
