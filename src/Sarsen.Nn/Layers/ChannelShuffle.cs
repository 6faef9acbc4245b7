using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Deals the channels of x (N, C, …) out of <paramref name="groups"/> groups in turn: channel g C/G + i comes to i G + g
/// (Zhang et al., «ShuffleNet», 2018).
/// </summary>
public sealed class ChannelShuffle(int groups) : Module
{
    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank < 3 || groups < 1 || x.Shape[1] % groups != 0)
            throw new ShapeException($"ChannelShuffle at '{Path}': (N, C, …) with C a multiple of {groups} expected, the input has the shape {x.Shape}");
        Tensor dealt = x.Flatten(2).Reshape(x.Shape[0], groups, x.Shape[1] / groups, -1).Transpose(1, 2); // (N, C / G, G, S)
        return dealt.Reshape(x.Shape.AsSpan());
    }
}
