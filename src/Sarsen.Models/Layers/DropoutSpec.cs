using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Dropout"/>.</summary>
[Description("In training, zeroes values at random and scales up the others.")]
[DefaultProperty(nameof(P))]
public sealed record DropoutSpec : LayerSpec
{
    [Description("The probability, or rate, of zero."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double P { get; init; } = 0.5;

    public override void Build(NetworkBuilder builder) => builder.Add(new Dropout(P), Name);
}
