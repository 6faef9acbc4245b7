using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// A margin around x (N, C, H, W): PyTorch's ZeroPad2d and ConstantPad2d, ReflectionPad2d, ReplicationPad2d by the mode.
/// </summary>
/// <param name="margin">Elements on each side.</param>
/// <param name="mode">What stands there.</param>
/// <param name="value">The constant, where that is the mode.</param>
public sealed class Pad2d(Margin margin, PaddingMode mode = PaddingMode.Constant, double value = 0) : Module
{
    protected override Tensor Forward(Tensor x) => x.Rank == 4
        ? x.Pad2d(margin, mode, value)
        : throw new ShapeException($"Pad2d at '{Path}': (N, C, H, W) expected, the input has the shape {x.Shape}");
}
