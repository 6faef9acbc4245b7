using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The last step of a sequence: (N, T, C) becomes (N, C).</summary>
public sealed class LastStep : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 3
        ? x.Select(1, x.Shape[1] - 1)
        : throw new ShapeException($"LastStep at '{Path}': (N, T, C) expected, the input has the shape {x.Shape}");
}
