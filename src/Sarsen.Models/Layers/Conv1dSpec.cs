using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.Conv1d"/> with an activation behind it.</summary>
[Description("A convolution of rows (C, L).")]
public sealed record Conv1dSpec : LayerSpec
{
    [Description("Filters: how many channels come out."), Range(1, 1 << 20)]
    public required int OutChannels { get; init; }

    [Description("Elements of the kernel."), Range(1, 1 << 16)]
    public int KernelSize { get; init; } = 3;

    [Description("Stride."), Range(1, 1 << 16)]
    public int Stride { get; init; } = 1;

    [Description("What is thought before and behind the row: valid, same, or a number for each side.")]
    public Padding1d Padding { get; init; }

    [Description("Dilation: from one element of the kernel to the next."), Range(1, 1 << 16)]
    public int Dilation { get; init; } = 1;

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    [Description("Is there a bias a filter.")]
    public bool Bias { get; init; } = true;

    [Description("The function behind it.")]
    public ActivationKind Activation { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        Window1d window = Windows.Of("conv1d", builder.Sample, KernelSize, Stride, Padding, Dilation);
        builder.Add(new Nn.Layers.Conv1d(builder.Sample[0], OutChannels, window, Groups, Bias), Name);
        builder.Activate(Activation);
    }
}
