using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The mean over the steps of sequences: (N, T, C) becomes (N, C).</summary>
public sealed class GlobalAvgPool1d : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 3
        ? x.Mean(1)
        : throw new ShapeException($"GlobalAvgPool1d at '{Path}': (N, T, C) expected, the input has the shape {x.Shape}");
}
