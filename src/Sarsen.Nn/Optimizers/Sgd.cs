using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Stochastic gradient descent with momentum; PyTorch's SGD, whose formula stands with <see cref="SgdStep"/>. State:
/// <c>momentum_buffer</c>, where there is momentum; it starts as a parameter's first gradient, undampened.
/// </summary>
public sealed class Sgd : Optimizer<SgdStep>
{
    /// <param name="module">Whose trained parameters are changed.</param>
    /// <param name="momentum">The part of the last move that is kept, zero or more.</param>
    /// <param name="dampening">The part of the gradient that is kept out of the momentum.</param>
    /// <param name="weightDecay">λ of the L2 penalty that is added to the gradient.</param>
    /// <param name="nesterov">Look ahead by one step.</param>
    /// <param name="groups">Parameters that are treated otherwise; null for none.</param>
    /// <exception cref="ArgumentException">A constant is out of range, Nesterov's form lacks momentum or is dampened, a group is of no use, or nothing is trained.</exception>
    public Sgd(Module module, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false,
        IReadOnlyList<ParameterGroup>? groups = null)
        : base(module, weightDecay, groups, null, momentum != 0 ? ["momentum_buffer"] : [])
    {
        Momentum = OptimizerOption.NotNegative(momentum, nameof(momentum));
        Dampening = double.IsFinite(dampening) ? dampening : throw new ArgumentOutOfRangeException(nameof(dampening), dampening, "dampening is finite");
        Nesterov = nesterov;
        if (nesterov && (momentum == 0 || dampening != 0))
            throw new ArgumentException($"Nesterov's momentum needs momentum above 0 and dampening 0; given {momentum} and {dampening}", nameof(nesterov));
    }

    public double Momentum { get; }

    public double Dampening { get; }

    public bool Nesterov { get; }

    private protected override SgdStep Kernel(double learningRate, double weightDecay, long step, ref double number) =>
        new(learningRate, Momentum, Dampening, weightDecay, Nesterov, first: step == 1);
}
