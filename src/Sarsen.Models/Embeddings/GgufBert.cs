using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Models.Encoders;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// BERT in GGUF files, the architecture <c>bert</c>. They tell the pooling; that vectors are normalised they do not, which is what
/// llama.cpp does with all of them.
/// </summary>
internal static class GgufBert
{
    public const string Name = "bert";

    private const string Prefix = Name + ".";

    // Numbers of bert.pooling_type.
    private const long Mean = 1, First = 2;

    /// <exception cref="ModelFormatException">A key is missing, of the wrong kind, or asks for what is not supported.</exception>
    public static (BertConfig Config, EmbeddingSettings Settings) Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string architecture = metadata.Text("general.architecture");
        if (architecture != Name)
            throw new ModelFormatException(file.Path, 0, $"the architecture '{architecture}' is no encoder that is supported: {Name} is");
        int Int(string key) => (int)Math.Clamp(metadata.Integer(Prefix + key), int.MinValue, int.MaxValue);
        long pooling = metadata.Integer(Prefix + "pooling_type", Mean);
        if (pooling is not (Mean or First))
            throw new ModelFormatException(file.Path, 0, $"'{Prefix}pooling_type' is {pooling}: {Mean} (the mean) and {First} (the first token) are supported");
        var config = new BertConfig
        {
            VocabSize = (int)Math.Min(file.ShapeOf("token_embd.weight")[0], int.MaxValue),
            HiddenSize = Int("embedding_length"),
            NumHiddenLayers = Int("block_count"),
            NumAttentionHeads = Int("attention.head_count"),
            IntermediateSize = Int("feed_forward_length"),
            MaxPositionEmbeddings = (int)Math.Min(file.ShapeOf("position_embd.weight")[0], int.MaxValue),
            TypeVocabSize = (int)Math.Min(file.ShapeOf("token_types.weight")[0], int.MaxValue),
            LayerNormEps = metadata.Number(Prefix + "attention.layer_norm_epsilon", 1e-12),
        };
        return (config, new EmbeddingSettings { Pooling = pooling == Mean ? EncoderPooling.Mean : EncoderPooling.First, Normalize = true, MaxLength = Int("context_length") });
    }

    /// <summary>What a parameter is made of: rows of a GGUF's tensors.</summary>
    public static IEnumerable<TensorPart> Parts(string name)
    {
        string stored = name.Replace("embeddings.word_embeddings.", "token_embd.", StringComparison.Ordinal)
            .Replace("embeddings.position_embeddings.", "position_embd.", StringComparison.Ordinal)
            .Replace("embeddings.token_type_embeddings.", "token_types.", StringComparison.Ordinal)
            .Replace("embeddings.LayerNorm.", "token_embd_norm.", StringComparison.Ordinal)
            .Replace("encoder.layer.", "blk.", StringComparison.Ordinal)
            .Replace(".attention.output.dense.", ".attn_output.", StringComparison.Ordinal)
            .Replace(".attention.output.LayerNorm.", ".attn_output_norm.", StringComparison.Ordinal)
            .Replace(".intermediate.dense.", ".ffn_up.", StringComparison.Ordinal)
            .Replace(".output.dense.", ".ffn_down.", StringComparison.Ordinal)
            .Replace(".output.LayerNorm.", ".layer_output_norm.", StringComparison.Ordinal);
        return stored.Contains(".attention.self.qkv.", StringComparison.Ordinal)
            ? new[] { "q", "k", "v" }.Select(part => new TensorPart(stored.Replace(".attention.self.qkv.", $".attn_{part}.", StringComparison.Ordinal)))
            : [new TensorPart(stored)];
    }
}
