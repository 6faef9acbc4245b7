using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The largest element of each of <paramref name="height"/> × <paramref name="width"/> windows that cover x (N, C, H, W), however large it is.</summary>
public sealed class AdaptiveMaxPool2d(long height, long width) : Module
{
    public AdaptiveMaxPool2d(long size) : this(size, size)
    {
    }

    protected override Tensor Forward(Tensor x) => x.AdaptiveMaxPool2d(height, width); // (N, C, H, W) -> (N, C, height, width)
}
