using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Models.Gpt;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary>A whole <see cref="GptModel"/>: ids (T) in I64 to the logits of each next token, (T, vocabulary).</summary>
[Description("A decoder in the manner of GPT-2: for each token of a sequence the logits of the next.")]
public sealed record GptSpec : LayerSpec
{
    [Description("Tokens in the vocabulary; nothing: those that the preprocessing fitted."), Range(1, int.MaxValue)]
    public int? VocabSize { get; init; }

    [Description("The most tokens of a sequence; nothing: the samples' length."), Range(1, 1 << 24)]
    public int? NPositions { get; init; }

    [Description("Elements of a token's vector."), Range(1, 1 << 20)]
    public int NEmbd { get; init; } = 384;

    [Description("Blocks."), Range(1, 1024)]
    public int NLayer { get; init; } = 6;

    [Description("Heads of each block, which divide the vector."), Range(1, 1 << 16)]
    public int NHead { get; init; } = 6;

    [Description("The probability of dropout on embeddings and on what blocks add."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    [Description("The function of the feed-forward networks.")]
    public ActivationKind ActivationFunction { get; init; } = ActivationKind.Gelu;

    [Description("The logits are products with the tokens' own vectors.")]
    public bool TieWordEmbeddings { get; init; } = true;

    [Description("Have the blocks' linear maps biases.")]
    public bool Bias { get; init; } = true;

    public override LayerSpec WithVocabulary(int size, string where) =>
        this with { VocabSize = Vocabulary.Checked(VocabSize, size, where) };

    public override void Build(NetworkBuilder builder)
    {
        if (builder.Type != DType.I64 || builder.Sample.Rank != 1)
            throw new ShapeException($"gpt takes ids (T) in I64, here a sample is {builder.Type} of shape {builder.Sample}");
        builder.Add(new GptModel(new GptConfig
        {
            VocabSize = VocabSize ?? throw new ShapeException("gpt does not know how many tokens there are: give vocab_size"),
            NPositions = NPositions ?? checked((int)builder.Sample[0]),
            NEmbd = NEmbd,
            NLayer = NLayer,
            NHead = NHead,
            ResidPdrop = Dropout,
            EmbdPdrop = Dropout,
            ActivationFunction = ActivationFunction,
            TieWordEmbeddings = TieWordEmbeddings,
            Bias = Bias,
        }), Name);
    }
}
