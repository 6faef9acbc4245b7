using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// A convolution in two steps: <c>depthwise</c>, multiplier filters for each channel of x (N, inChannels, H, W) apart,
/// without a bias, then <c>pointwise</c>, 1 × 1 over all of them, as Keras's SeparableConv2D (Chollet, «Xception», 2017).
/// </summary>
public sealed class SeparableConv2d : Module
{
    /// <exception cref="ArgumentException">A size is below one.</exception>
    public SeparableConv2d(long inChannels, long outChannels, Window2d window, int multiplier = 1, bool bias = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inChannels, int.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(multiplier, 1);
        Depthwise = AddChild("depthwise", new Conv2d(inChannels, inChannels * multiplier, window, (int)inChannels, bias: false, type));
        Pointwise = AddChild("pointwise", new Conv2d(inChannels * multiplier, outChannels, new Window2d(1, 1), bias: bias, type: type));
    }

    public Conv2d Depthwise { get; }

    public Conv2d Pointwise { get; }

    protected override Tensor Forward(Tensor x) => Pointwise.Call(Depthwise.Call(x)); // (N, C, H, W) -> (N, C m, H', W') -> (N, C', H', W')
}
