using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Steps divided by the root of the sum of all squared gradients; PyTorch's Adagrad, whose formula stands with
/// <see cref="AdagradStep"/> (Duchi et al., 2011). State: <c>sum</c>.
/// </summary>
public sealed class Adagrad : Optimizer<AdagradStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="lrDecay">η, by which the learning rate falls: lr / (1 + (t - 1) η).</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="initialAccumulator">What the sum starts at.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, a group is of no use, or nothing is trained.</exception>
    public Adagrad(Module module, double lrDecay = 0, double eps = 1e-10, double weightDecay = 0, double initialAccumulator = 0, IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, null, ["sum"])
    {
        LrDecay = OptimizerOption.NotNegative(lrDecay, nameof(lrDecay));
        Eps = OptimizerOption.NotNegative(eps, nameof(eps));
        InitialAccumulator = OptimizerOption.NotNegative(initialAccumulator, nameof(initialAccumulator));
        foreach ((string name, Tensor state) in State())
        {
            if (state.DType == DType.F32 && name.EndsWith(".sum", StringComparison.Ordinal))
                state.AsSpan<float>().Fill((float)initialAccumulator);
            else if (state.DType == DType.F64)
                state.AsSpan<double>().Fill(initialAccumulator);
        }
    }

    public double LrDecay { get; }

    public double Eps { get; }

    public double InitialAccumulator { get; }

    private protected override AdagradStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, LrDecay, Eps, weightDecay, step);
}
