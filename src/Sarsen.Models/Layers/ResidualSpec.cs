using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Residual"/>: layers, and what comes in added to what they give.</summary>
[Description("Layers, and what comes in added to what they give: y = f(layers(x) + shortcut(x)).")]
[DefaultProperty(nameof(Layers))]
public sealed record ResidualSpec : LayerSpec
{
    [Description("The layers."), MinLength(1)]
    public required IReadOnlyList<LayerSpec> Layers { get; init; }

    [Description("What comes in goes through these beside them, named downsample among the parameters; nothing: it is added as it is."), MinLength(1)]
    public IReadOnlyList<LayerSpec>? Shortcut { get; init; }

    [Description("f, the function behind the sum.")]
    public ActivationKind Activation { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        Sequential body = builder.Inner(Layers);
        Sequential? shortcut = Shortcut is null ? null : builder.Inner(Shortcut);
        builder.Add(new Residual(body, shortcut, Activation == ActivationKind.None ? null : Activation.ToModule()), Name);
    }
}
