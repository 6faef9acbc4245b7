using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="GroupNorm"/>.</summary>
[Description("Normalises groups of channels of each sample: (C), (C, L) or (C, H, W).")]
[DefaultProperty(nameof(NumGroups))]
public sealed record GroupNormSpec : LayerSpec
{
    [Description("Groups that the channels are cut into."), Range(1, 1 << 20)]
    public required int NumGroups { get; init; }

    [Description("Added to the variance, Keras's epsilon."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-5;

    [Description("Are weight and bias trained.")]
    public bool Affine { get; init; } = true;

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank == 0)
            throw new ShapeException("group_norm takes samples of (C), (C, L) or (C, H, W), here one is a single value");
        builder.Add(new GroupNorm(NumGroups, builder.Sample[0], Eps, Affine), Name);
    }
}
