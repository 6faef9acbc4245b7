using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The largest element under each window of x (N, C, L). The stride is the kernel's size unless given.</summary>
public sealed class MaxPool1d(Window1d window, bool ceilMode = false) : Module
{
    public MaxPool1d(int kernel) : this(new Window1d(kernel, kernel))
    {
    }

    public Window1d Window { get; } = window;

    protected override Tensor Forward(Tensor x) => x.MaxPool1d(Window, ceilMode); // (N, C, L) -> (N, C, L')
}
