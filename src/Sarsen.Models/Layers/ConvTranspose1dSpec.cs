using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.ConvTranspose1d"/> with an activation behind it.</summary>
[Description("A transposed convolution of rows (C, L): it makes them longer.")]
public sealed record ConvTranspose1dSpec : ConvolutionSpec1d
{
    [Description("Elements taken from each end of what comes out."), Range(0, 1 << 16)]
    public int Padding { get; init; }

    [Description("Elements more at the end, less than the stride."), Range(0, 1 << 16)]
    public int OutputPadding { get; init; }

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    public override void Build(NetworkBuilder builder)
    {
        Windows.RequireRow("conv_transpose1d", builder.Sample);
        var window = new Window1d(KernelSize, Stride, Padding, Padding, Dilation);
        builder.Add(new Nn.Layers.ConvTranspose1d(builder.Sample[0], OutChannels, window, Groups, OutputPadding, Bias), Name);
        builder.Activate(Activation);
    }
}
