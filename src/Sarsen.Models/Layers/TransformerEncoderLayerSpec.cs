using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="TransformerEncoderLayer"/>.</summary>
[Description("Self-attention and a feed-forward network, each added to what goes in and normalised.")]
[DefaultProperty(nameof(NumHeads))]
public sealed record TransformerEncoderLayerSpec : LayerSpec
{
    [Description("Heads, which divide the vectors' size."), Range(1, 1 << 16)]
    public required int NumHeads { get; init; }

    [Description("Elements within the feed-forward network; nothing: four times the vectors' size."), Range(1, 1 << 24)]
    public int? DimFeedforward { get; init; }

    [Description("The probability of dropout."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; } = 0.1;

    [Description("The function of the feed-forward network.")]
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    [Description("Normalise before, and not behind.")]
    public bool NormFirst { get; init; }

    [Description("A position sees none after it: a decoder's layer.")]
    public bool Causal { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        (_, int size) = SequenceSample.Of(builder, "transformer_encoder_layer");
        builder.Add(Create(size), Name);
    }

    internal TransformerEncoderLayer Create(int size) => new(size, NumHeads, DimFeedforward ?? checked(4 * size), Dropout,
        Activation.ToFunction(), normFirst: NormFirst, causal: Causal);
}
