using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Steps by the ratio of running root mean squares, of the moves to the gradients, so that no learning rate is needed;
/// PyTorch's Adadelta, whose formula stands with <see cref="AdadeltaStep"/> (Zeiler, 2012). States: <c>square_avg</c>, <c>acc_delta</c>.
/// </summary>
public sealed class Adadelta : Optimizer<AdadeltaStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="rho">The decay of both mean squares, at least 0 and below 1.</param>
    /// <param name="eps">Added under both roots.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public Adadelta(Module module, double rho = 0.9, double eps = 1e-6, double weightDecay = 0, IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, null, ["square_avg", "acc_delta"])
    {
        Rho = OptimizerOption.Decay(rho, nameof(rho));
        Eps = OptimizerOption.NotNegative(eps, nameof(eps));
    }

    public double Rho { get; }

    public double Eps { get; }

    private protected override AdadeltaStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Rho, Eps, weightDecay);
}
