using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Sequential"/>: layers under one name.</summary>
[Description("Layers one after the other under one name: their parameters are called NAME.0.weight and so on.")]
[DefaultProperty(nameof(Layers))]
public sealed record SequentialSpec : LayerSpec
{
    [Description("The layers."), MinLength(1)]
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    public override void Build(NetworkBuilder builder) => builder.Add(builder.Inner(Layers), Name);
}
