using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The largest element of each picture's plane: (N, C, H, W) becomes (N, C).</summary>
public sealed class GlobalMaxPool2d : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 4
        ? x.AdaptiveMaxPool2d(1, 1).Flatten(1)
        : throw new ShapeException($"GlobalMaxPool2d at '{Path}': (N, C, H, W) expected, the input has the shape {x.Shape}");
}
