using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Nn;

namespace Sarsen.Models.Embeddings;

/// <summary>The sizes of a <see cref="BertModel"/>, by the names of Hugging Face's configurations.</summary>
public sealed record BertConfig
{
    public required int VocabSize { get; init; }

    /// <summary>C: elements of a token's vector.</summary>
    public required int HiddenSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    /// <summary>Heads of attention, a divisor of C.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Elements within the feed-forward network.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The most tokens of a sequence.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Rows of the stored positions before that of the first token: RoBERTa counts from behind its padding.</summary>
    public int PositionOffset { get; init; }

    /// <summary>Kinds of segments, of which texts are the first.</summary>
    public required int TypeVocabSize { get; init; }

    public ActivationFunction HiddenAct { get; init; } = ActivationFunction.Gelu;

    /// <summary>Added to variances.</summary>
    public double LayerNormEps { get; init; } = 1e-12;

    /// <summary>Parameters, as a floating-point number, so that no configuration overflows it.</summary>
    public double ParameterCount
    {
        get
        {
            double c = HiddenSize;
            return (NumHiddenLayers * ((4 * c * c) + (2 * c * IntermediateSize))) + (c * ((double)VocabSize + MaxPositionEmbeddings + TypeVocabSize));
        }
    }

    /// <summary>The configuration from a <c>config.json</c>.</summary>
    /// <exception cref="ModelFormatException">A field is missing, of the wrong kind, or asks for what is not supported.</exception>
    internal static BertConfig Read(ConfigReader json)
    {
        string type = json.Text("model_type");
        bool roberta = type is "roberta" or "xlm-roberta" or "camembert";
        if (!roberta && type != "bert")
            throw json.Unsupported("model_type", type, "of encoders bert, roberta, xlm-roberta and camembert are");
        if (json.Text("position_embedding_type", "absolute") is var positions && positions != "absolute")
            throw json.Unsupported("position_embedding_type", positions, "absolute is");
        int offset = roberta ? json.Int("pad_token_id", 1) + 1 : 0;
        return new BertConfig
        {
            VocabSize = json.Int("vocab_size"),
            HiddenSize = json.Int("hidden_size"),
            NumHiddenLayers = json.Int("num_hidden_layers"),
            NumAttentionHeads = json.Int("num_attention_heads"),
            IntermediateSize = json.Int("intermediate_size"),
            MaxPositionEmbeddings = json.Int("max_position_embeddings") - offset,
            PositionOffset = offset,
            TypeVocabSize = json.Int("type_vocab_size", 2),
            HiddenAct = json.Text("hidden_act", "gelu") switch
            {
                "gelu" => ActivationFunction.Gelu,
                "gelu_new" or "gelu_fast" or "gelu_pytorch_tanh" => ActivationFunction.GeluTanh,
                "relu" => ActivationFunction.Relu,
                string other => throw json.Unsupported("hidden_act", other, "gelu, gelu_new, gelu_pytorch_tanh or relu"),
            },
            LayerNormEps = json.Double("layer_norm_eps", 1e-12),
        };
    }

    /// <exception cref="ArgumentException">Sizes that are out of range or do not fit one another; the message says which.</exception>
    public void Validate()
    {
        foreach ((int value, string name) in new[] { (VocabSize, nameof(VocabSize)), (HiddenSize, nameof(HiddenSize)), (NumHiddenLayers, nameof(NumHiddenLayers)), (NumAttentionHeads, nameof(NumAttentionHeads)), (IntermediateSize, nameof(IntermediateSize)), (MaxPositionEmbeddings, nameof(MaxPositionEmbeddings)), (TypeVocabSize, nameof(TypeVocabSize)) })
        {
            if (value < 1)
                throw new ArgumentException($"{name} must be one or more: it is {value}");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(PositionOffset);
        if (HiddenSize % NumAttentionHeads != 0)
            throw new ArgumentException($"vectors of {HiddenSize} cannot be cut into {NumAttentionHeads} heads");
    }
}
