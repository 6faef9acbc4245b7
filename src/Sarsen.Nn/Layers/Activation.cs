using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>An elementwise function as a layer.</summary>
/// <param name="function">Which.</param>
/// <param name="slope">For leaky relu: the slope below zero.</param>
/// <param name="alpha">For ELU and CELU: α.</param>
public sealed class Activation(ActivationFunction function, double slope = 0.01, double alpha = 1) : Module
{
    public ActivationFunction Function { get; } = function;

    public override string Kind => Function.ToString();

    protected override Tensor Forward(Tensor x) => x.Activate(Function, slope, alpha);
}
