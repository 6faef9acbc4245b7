using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="MultiheadAttention"/> of a sequence to itself.</summary>
[Description("Self-attention: every position takes from those that it finds alike.")]
[DefaultProperty(nameof(NumHeads))]
public sealed record MultiheadAttentionSpec : LayerSpec
{
    [Description("Heads, which divide the vectors' size."), Range(1, 1 << 16)]
    public required int NumHeads { get; init; }

    [Description("Are there biases.")]
    public bool Bias { get; init; } = true;

    [Description("A position sees none after it.")]
    public bool Causal { get; init; }

    [Description("With causal: how many positions one sees, itself among them; 0: all."), Range(0, int.MaxValue)]
    public int Window { get; init; }

    [Description("The probability of dropout of attention's weights in training."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        (_, int size) = SequenceSample.Of(builder, "multihead_attention");
        builder.Add(new MultiheadAttention(size, NumHeads, Bias, Causal, Window, dropout: Dropout), Name);
    }
}
