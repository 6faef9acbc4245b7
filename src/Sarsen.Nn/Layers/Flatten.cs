using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>All dimensions from <paramref name="start"/> to <paramref name="end"/> as one; the batch stays by default.</summary>
public sealed class Flatten(int start = 1, int end = -1) : Module
{
    protected override Tensor Forward(Tensor x) => x.Flatten(start, end);
}
