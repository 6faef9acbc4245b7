using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="SeparableConv2d"/> with an activation behind it.</summary>
[Description("A convolution of pictures (C, H, W) in two cheap steps: filters for each channel apart, then 1x1 over all of them.")]
public sealed record SeparableConv2dSpec : ConvolutionSpec2d
{
    [Description("What is thought around the picture: valid, same, or a number for each side such as 2 or 1x2.")]
    public Padding2d Padding { get; init; }

    [Description("Filters of the first step for each channel."), Range(1, 1 << 10)]
    public int DepthMultiplier { get; init; } = 1;

    public override void Build(NetworkBuilder builder)
    {
        Window2d window = Windows.Of("separable_conv2d", builder.Sample, KernelSize, Stride, Padding, Dilation);
        builder.Add(new SeparableConv2d(builder.Sample[0], OutChannels, window, DepthMultiplier, Bias), Name);
        builder.Activate(Activation);
    }
}
