using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="RmsNorm"/> over the last dimension.</summary>
[Description("Divides each sample by the root of its mean square over the last dimension.")]
public sealed record RmsNormSpec : LayerSpec
{
    [Description("Added to the mean square."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-6;

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank == 0)
            throw new ShapeException("rms_norm needs at least one dimension besides the batch");
        builder.Add(new RmsNorm(builder.Sample[-1], Eps), Name);
    }
}
