using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The largest element under each window of x (N, C, H, W). The stride is the kernel's size unless given.</summary>
public sealed class MaxPool2d(Window2d window, bool ceilMode = false) : Module
{
    public MaxPool2d(int kernel) : this(new Window2d(kernel, kernel).WithStride(kernel))
    {
    }

    public Window2d Window { get; } = window;

    protected override Tensor Forward(Tensor x) => x.MaxPool2d(Window, ceilMode); // (N, C, H, W) -> (N, C, H', W')
}
