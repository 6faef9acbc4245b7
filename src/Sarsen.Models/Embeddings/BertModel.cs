using System.Globalization;
using Sarsen.Models.Decoders;
using Sarsen.Models.Encoders;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// BERT and its kin with learned positions, RoBERTa and XLM-R, as sentence-transformers use them: the tokens' vectors of the last
/// layer, of which the mean or the first is the text's. Parameters are named as Hugging Face names BERT's, but that queries, keys
/// and values are one map (<c>qkv</c>). Sources: Devlin et al., 2019; Reimers and Gurevych, «Sentence-BERT», 2019.
/// </summary>
public sealed class BertModel : EmbeddingModel
{
    // All tokens are of the first segment.
    private static readonly Tensor s_segment = Tensor.From<long>([0], new Shape(1));

    private readonly Embedding _tokens;
    private readonly Embedding _positions;
    private readonly Embedding _types;
    private readonly LayerNorm _norm;
    private readonly BertLayer[] _layers;

    /// <exception cref="ArgumentException">Sizes that are out of range or do not fit one another, or a pooling that gives no vector.</exception>
    public BertModel(BertConfig config, EmbeddingSettings settings) : base(settings)
    {
        config.Validate();
        if (settings.Pooling == EncoderPooling.None)
            throw new ArgumentException("a text has one vector: pool by the mean or the first token", nameof(settings));
        Config = config;
        _tokens = AddChild("embeddings.word_embeddings", new Embedding(config.VocabSize, config.HiddenSize));
        _positions = AddChild("embeddings.position_embeddings", new Embedding(config.MaxPositionEmbeddings, config.HiddenSize));
        _types = AddChild("embeddings.token_type_embeddings", new Embedding(config.TypeVocabSize, config.HiddenSize));
        _norm = AddChild("embeddings.LayerNorm", new LayerNorm(config.HiddenSize, config.LayerNormEps));
        _layers = new BertLayer[config.NumHiddenLayers];
        for (int i = 0; i < _layers.Length; i++)
            _layers[i] = AddChild(string.Create(CultureInfo.InvariantCulture, $"encoder.layer.{i}"), new BertLayer(config));
    }

    public BertConfig Config { get; }

    public override int VocabSize => Config.VocabSize;

    public override int Dimensions => Config.HiddenSize;

    public override int ContextLength => Config.MaxPositionEmbeddings;

    public override bool ReadsSpecialTokens => true;

    protected override Tensor Forward(in TokenContext context)
    {
        Tensor type = _types.Call(s_segment); // (1, C)
        Tensor x = _norm.Call(_tokens.Call(context.Ids) + _positions.Call(context.Positions) + type); // (N, C)
        for (int i = 0; i < _layers.Length; i++)
            x = _layers[i].Call(x, context, i);
        return Settings.Pooling == EncoderPooling.Mean ? x.SequenceMean(context.Spans) : x.SequenceFirst(context.Spans); // (S, C)
    }

    /// <summary>What a parameter is made of: rows of Hugging Face's tensors, with or without the name of the whole before them.</summary>
    /// <param name="config">The sizes.</param>
    /// <param name="prefix">That name with a dot, or nothing.</param>
    /// <param name="name">The parameter's path.</param>
    internal static IEnumerable<TensorPart> Parts(BertConfig config, string prefix, string name)
    {
        string stored = prefix + name;
        int at = stored.IndexOf(".self.qkv.", StringComparison.Ordinal);
        if (at >= 0)
            return new[] { "query", "key", "value" }.Select(part => new TensorPart(stored.Replace(".self.qkv.", $".self.{part}.", StringComparison.Ordinal)));
        if (name == "embeddings.position_embeddings.weight")
            return [new TensorPart(stored, config.PositionOffset)];
        // Files of BERT's first years name the parameters of norms as its paper does.
        string older = name.Contains("LayerNorm.", StringComparison.Ordinal)
            ? stored.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal)
            : stored;
        return [new TensorPart(stored, Otherwise: older == stored ? null : older)];
    }
}
