using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The mean over each picture's plane: (N, C, H, W) becomes (N, C).</summary>
public sealed class GlobalAvgPool2d : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 4
        ? x.Flatten(2).Mean(-1)
        : throw new ShapeException($"GlobalAvgPool2d at '{Path}': (N, C, H, W) expected, the input has the shape {x.Shape}");
}
