using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Elements before and behind x (N, C, L): PyTorch's ConstantPad1d, ReflectionPad1d, ReplicationPad1d by the mode.
/// </summary>
/// <param name="left">Elements before.</param>
/// <param name="right">Elements behind.</param>
/// <param name="mode">What stands there.</param>
/// <param name="value">The constant, where that is the mode.</param>
public sealed class Pad1d(long left, long right, PaddingMode mode = PaddingMode.Constant, double value = 0) : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 3
        ? x.Unsqueeze(2).Pad2d(Margin.OfRow(left, right), mode, value).Squeeze(2)
        : throw new ShapeException($"Pad1d at '{Path}': (N, C, L) expected, the input has the shape {x.Shape}");
}
