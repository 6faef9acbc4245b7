using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.Conv2d"/> with an activation behind it.</summary>
[Description("A convolution of pictures (C, H, W).")]
public sealed record Conv2dSpec : LayerSpec
{
    [Description("Filters: how many channels come out."), Range(1, 1 << 20)]
    public required int OutChannels { get; init; }

    [Description("Kernel rows and columns; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> KernelSize { get; init; } = [3];

    [Description("Strides of rows and columns; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> Stride { get; init; } = [1];

    [Description("What is thought around the picture: valid, same, or a number for each side such as 2 or 1x2.")]
    public Padding2d Padding { get; init; }

    [Description("Dilation: from one row and column of the kernel to the next."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> Dilation { get; init; } = [1];

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    [Description("Is there a bias a filter.")]
    public bool Bias { get; init; } = true;

    [Description("The function behind it.")]
    public ActivationKind Activation { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        Window2d window = Windows.Of("conv2d", builder.Sample, KernelSize, Stride, Padding, Dilation);
        builder.Add(new Nn.Layers.Conv2d(builder.Sample[0], OutChannels, window, Groups, Bias), Name);
        builder.Activate(Activation);
    }
}
