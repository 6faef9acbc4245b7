using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Decoders;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary>
/// A whole <see cref="DecoderModel"/> of Llama's kind: ids (T) in I64 to the logits of each next token, (T, vocabulary). Options
/// have the names of Hugging Face's configuration. A network that is this alone is stored as a folder of Hugging Face's layout.
/// </summary>
[Description("A decoder in the manner of Llama, with rotary positions and gated feed-forward networks: for each token of a sequence the logits of the next.")]
public sealed record DecoderSpec : LayerSpec
{
    [Description("Tokens in the vocabulary; nothing: those that the preprocessing fitted."), Range(1, int.MaxValue)]
    public int? VocabSize { get; init; }

    [Description("The most tokens of a sequence; nothing: the samples' length."), Range(1, 1 << 24)]
    public int? MaxPositionEmbeddings { get; init; }

    [Description("Elements of a token's vector."), Range(1, 1 << 20)]
    public int HiddenSize { get; init; } = 384;

    [Description("Elements within the feed-forward networks; nothing: 8/3 of a vector's, up to a multiple of 32."), Range(1, 1 << 22)]
    public int? IntermediateSize { get; init; }

    [Description("Layers."), Range(1, 1024)]
    public int NumHiddenLayers { get; init; } = 6;

    [Description("Heads of attention, which divide the vector."), Range(1, 1 << 16)]
    public int NumAttentionHeads { get; init; } = 6;

    [Description("Heads of keys and values, which divide the heads; nothing: as many."), Range(1, 1 << 16)]
    public int? NumKeyValueHeads { get; init; }

    [Description("The base of the rotary frequencies."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double RopeTheta { get; init; } = 10000;

    [Description("Added to mean squares."), Range(0, 1)]
    public double RmsNormEps { get; init; } = 1e-5;

    [Description("The logits are products with the tokens' own vectors.")]
    public bool TieWordEmbeddings { get; init; } = true;

    public override LayerSpec WithVocabulary(int size, string where) =>
        this with { VocabSize = Vocabulary.Checked(VocabSize, size, where) };

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Type != DType.I64 || builder.Sample.Rank != 1)
            throw new ShapeException($"decoder takes ids (T) in I64, here a sample is {builder.Type} of shape {builder.Sample}");
        if (HiddenSize % NumAttentionHeads != 0)
            throw new ArgumentException($"{NumAttentionHeads} heads cannot share {HiddenSize} elements: give a divisor");
        builder.Add(new DecoderModel(new DecoderConfig
        {
            VocabSize = VocabSize ?? throw new ShapeException("decoder does not know how many tokens there are: give vocab_size"),
            HiddenSize = HiddenSize,
            IntermediateSize = IntermediateSize ?? checked((int)((8L * HiddenSize / 3) + 31) / 32 * 32),
            NumHiddenLayers = NumHiddenLayers,
            NumAttentionHeads = NumAttentionHeads,
            NumKeyValueHeads = NumKeyValueHeads ?? NumAttentionHeads,
            HeadDim = HiddenSize / NumAttentionHeads,
            MaxPositionEmbeddings = MaxPositionEmbeddings ?? checked((int)builder.Sample[0]),
            RopeTheta = RopeTheta,
            NormEps = RmsNormEps,
            TieWordEmbeddings = TieWordEmbeddings,
        }), Name);
    }
}
