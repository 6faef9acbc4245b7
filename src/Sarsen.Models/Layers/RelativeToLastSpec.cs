using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="RelativeToLast"/> around layers.</summary>
[Description("Forecasts from where a sequence ends: the last step is subtracted from every step, and added to what the layers inside give.")]
[DefaultProperty(nameof(Layers))]
public sealed record RelativeToLastSpec : LayerSpec
{
    [Description("What is inside; it gives one value for each column of the sequence."), MinLength(1)]
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Sample.Rank != 2)
            throw new ShapeException($"relative_to_last takes sequences of (T, C), here a sample has the shape {builder.Sample}");
        builder.Add(new RelativeToLast(builder.Inner(Layers)), Name);
    }
}
