using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Linear"/> with an activation behind it.</summary>
[Description("y = x Wᵀ + b over the last dimension.")]
[DefaultProperty(nameof(OutFeatures))]
public sealed record LinearSpec : LayerSpec
{
    [Description("Units: how many values come out."), Range(1, int.MaxValue)]
    public required int OutFeatures { get; init; }

    [Description("Is b there.")]
    public bool Bias { get; init; } = true;

    [Description("The function behind it.")]
    public ActivationKind Activation { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank == 0)
            throw new ShapeException("linear needs at least one dimension besides the batch");
        builder.Add(new Linear(builder.Sample[-1], OutFeatures, Bias), Name);
        builder.Activate(Activation);
    }
}
