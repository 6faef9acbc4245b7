using System.ComponentModel;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="PRelu"/>: its slopes are learned.</summary>
[Description("x above zero, a learned slope times x below.")]
public sealed record PReluSpec : LayerSpec
{
    [Description("A slope for each channel, the first dimension of a sample; else one for all.")]
    public bool PerChannel { get; init; }

    [Description("What the slopes start at.")]
    public double Slope { get; init; } = 0.25;

    public override void Build(NetworkBuilder builder)
    {
        if (PerChannel && builder.Sample.Rank == 0)
            throw new ShapeException("prelu per channel needs at least one dimension besides the batch");
        builder.Add(new PRelu(PerChannel ? builder.Sample[0] : 1, Slope), Name);
    }
}
