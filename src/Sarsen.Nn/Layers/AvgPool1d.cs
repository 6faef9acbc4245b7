using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The mean of each window of x (N, C, L), the padding counted unless <paramref name="countIncludePad"/> is off.</summary>
public sealed class AvgPool1d(Window1d window, bool ceilMode = false, bool countIncludePad = true) : Module
{
    public AvgPool1d(int kernel) : this(new Window1d(kernel, kernel))
    {
    }

    public Window1d Window { get; } = window;

    protected override Tensor Forward(Tensor x) => x.AvgPool1d(Window, ceilMode, countIncludePad); // (N, C, L) -> (N, C, L')
}
