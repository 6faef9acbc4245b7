using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// In training each element is zeroed with probability p and the others are divided by 1 - p; otherwise y = x. Which
/// ones depends on the seed, this layer's path, the step, the global sample and the element, and on nothing else.
/// </summary>
public sealed class Dropout : Module
{
    /// <param name="probability">At least 0 and below 1.</param>
    public Dropout(double probability = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        Probability = probability;
    }

    public double Probability { get; }

    protected override Tensor Forward(Tensor x) => x.Dropout(Probability, Path);
}
