using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="LayerNorm"/> over the last dimension.</summary>
[Description("Normalises each sample over its last dimension.")]
public sealed record LayerNormSpec : LayerSpec
{
    [Description("Added to the variance, Keras's epsilon."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-5;

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank == 0)
            throw new ShapeException("layer_norm needs at least one dimension besides the batch");
        builder.Add(new LayerNorm(builder.Sample[-1], Eps), Name);
    }
}
