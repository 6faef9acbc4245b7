using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>Probabilities along one dimension: y = e^(x - m) / Σ e^(x - m), m the maximum.</summary>
public sealed class Softmax(int dim = -1) : Module
{
    public int Dim { get; } = dim;

    protected override Tensor Forward(Tensor x) => x.Softmax(Dim);
}
