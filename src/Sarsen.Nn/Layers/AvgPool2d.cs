using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The mean of each window of x (N, C, H, W), the padding counted unless <paramref name="countIncludePad"/> is off.</summary>
public sealed class AvgPool2d(Window2d window, bool ceilMode = false, bool countIncludePad = true) : Module
{
    public AvgPool2d(int kernel) : this(new Window2d(kernel, kernel).WithStride(kernel))
    {
    }

    public Window2d Window { get; } = window;

    protected override Tensor Forward(Tensor x) => x.AvgPool2d(Window, ceilMode, countIncludePad); // (N, C, H, W) -> (N, C, H', W')
}
