using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.ConvTranspose2d"/> with an activation behind it.</summary>
[Description("A transposed convolution of pictures (C, H, W): it makes them larger, as the convolution of these settings makes them smaller.")]
public sealed record ConvTranspose2dSpec : ConvolutionSpec2d
{
    [Description("What is taken from each side of what comes out: valid, or a number for each side such as 2 or 1x2; same: a picture stride times as large.")]
    public Padding2d Padding { get; init; }

    [Description("Rows and columns more at the bottom and the right, less than the stride; one number for both."), Length(1, 2), Range(0, 1 << 16)]
    public IReadOnlyList<int> OutputPadding { get; init; } = [0];

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    public override void Build(NetworkBuilder builder)
    {
        (Window2d window, long rows, long columns) = Windows.Transposed("conv_transpose2d", builder.Sample, KernelSize, Stride, Padding, Dilation, OutputPadding);
        builder.Add(new Nn.Layers.ConvTranspose2d(builder.Sample[0], OutChannels, window, Groups, (rows, columns), Bias), Name);
        builder.Activate(Activation);
    }
}
