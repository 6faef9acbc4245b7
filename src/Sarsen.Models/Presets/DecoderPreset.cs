using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>A small Llama over ids (T): the outputs are the vocabulary, the samples' length is the context.</summary>
[Description("A decoder of Llama's kind that learns to continue texts; its model folder is one of Hugging Face's layout.")]
public sealed record DecoderPreset : PresetSpec
{
    [Description("Layers."), Range(1, 1024)]
    public int NumHiddenLayers { get; init; } = 6;

    [Description("Elements of a token's vector."), Range(1, 1 << 20)]
    public int HiddenSize { get; init; } = 384;

    [Description("Heads of attention, which divide the vector."), Range(1, 1 << 16)]
    public int NumAttentionHeads { get; init; } = 6;

    [Description("Heads of keys and values, which divide the heads; nothing: as many."), Range(1, 1 << 16)]
    public int? NumKeyValueHeads { get; init; }

    [Description("Elements within the feed-forward networks; nothing: 8/3 of a vector's, up to a multiple of 32."), Range(1, 1 << 22)]
    public int? IntermediateSize { get; init; }

    [Description("The logits are products with the tokens' own vectors.")]
    public bool TieWordEmbeddings { get; init; } = true;

    public override IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs) =>
    [
        new DecoderSpec
        {
            VocabSize = outputs,
            NumHiddenLayers = NumHiddenLayers,
            HiddenSize = HiddenSize,
            NumAttentionHeads = NumAttentionHeads,
            NumKeyValueHeads = NumKeyValueHeads,
            IntermediateSize = IntermediateSize,
            TieWordEmbeddings = TieWordEmbeddings,
        },
    ];
}
