using System.ComponentModel;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Glu"/> over the channels of a sample.</summary>
[Description("A gated linear unit: one half of the channels, times a function of the other half.")]
[DefaultProperty(nameof(Gate))]
public sealed record GluSpec : LayerSpec
{
    [Description("The function of the second half.")]
    public GluGate Gate { get; init; }

    [Description("Halve the first dimension of a sample, the channels of pictures; else the last.")]
    public bool ChannelsFirst { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank == 0)
            throw new ShapeException("glu needs at least one dimension besides the batch");
        builder.Add(new Glu(Gate, ChannelsFirst ? 1 : -1), Name);
    }
}
