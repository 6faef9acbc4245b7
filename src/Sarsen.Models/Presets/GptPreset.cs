using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>A small GPT over ids (T): the outputs are the vocabulary, the samples' length is the context.</summary>
[Description("A decoder that learns to continue sequences of ids, such as text by characters.")]
public sealed record GptPreset : PresetSpec
{
    [Description("Blocks."), Range(1, 1024)]
    public int NLayer { get; init; } = 6;

    [Description("Elements of a token's vector."), Range(1, 1 << 20)]
    public int NEmbd { get; init; } = 384;

    [Description("Heads of each block, which divide the vector."), Range(1, 1 << 16)]
    public int NHead { get; init; } = 6;

    [Description("The probability of dropout."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    [Description("The logits are products with the tokens' own vectors.")]
    public bool TieWordEmbeddings { get; init; } = true;

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs) =>
    [
        new GptSpec { VocabSize = outputs, NLayer = NLayer, NEmbd = NEmbd, NHead = NHead, Dropout = Dropout, TieWordEmbeddings = TieWordEmbeddings },
    ];
}
