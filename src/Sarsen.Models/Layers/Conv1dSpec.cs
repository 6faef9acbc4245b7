using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Nn.Layers.Conv1d"/> with an activation behind it.</summary>
[Description("A convolution of rows (C, L).")]
public sealed record Conv1dSpec : ConvolutionSpec1d
{
    [Description("What is thought before and behind the row: valid, same, or a number for each side.")]
    public Padding1d Padding { get; init; }

    [Description("Groups of channels that are convolved apart."), Range(1, 1 << 20)]
    public int Groups { get; init; } = 1;

    public override void Build(NetworkBuilder builder)
    {
        Window1d window = Windows.Of("conv1d", builder.Sample, KernelSize, Stride, Padding, Dilation);
        builder.Add(new Nn.Layers.Conv1d(builder.Sample[0], OutChannels, window, Groups, Bias), Name);
        builder.Activate(Activation);
    }
}
