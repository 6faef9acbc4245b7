using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The logarithms of <see cref="Softmax"/>: y = x - m - ln Σ e^(x - m), m the maximum.</summary>
public sealed class LogSoftmax(int dim = -1) : Module
{
    public int Dim { get; } = dim;

    protected override Tensor Forward(Tensor x) => x.LogSoftmax(Dim);
}
