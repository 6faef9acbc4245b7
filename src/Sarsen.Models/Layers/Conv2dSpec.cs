using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.Conv2d"/> with an activation behind it.</summary>
[Description("A convolution of pictures (C, H, W).")]
public sealed record Conv2dSpec : ConvolutionSpec2d
{
    [Description("What is thought around the picture: valid, same, or a number for each side such as 2 or 1x2.")]
    public Padding2d Padding { get; init; }

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    [Description("May windows of 3 x 3 go through Winograd's transforms where that is faster: a quarter of the multiplications at best, and up to five times the rounding error.")]
    public bool Winograd { get; init; } = true;

    public override void Build(NetworkBuilder builder)
    {
        Window2d window = Windows.Of("conv2d", builder.Sample, KernelSize, Stride, Padding, Dilation);
        builder.Add(new Nn.Layers.Conv2d(builder.Sample[0], OutChannels, window, Groups, Bias, winograd: Winograd), Name);
        builder.Activate(Activation);
    }
}
