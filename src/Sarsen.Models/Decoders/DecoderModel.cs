using System.Globalization;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// A decoder of the families that are Llama's relatives, and of GPT-2's, whose positions are learned: one module for all, as their configurations
/// tell them apart. Parameters are named as Hugging Face names Llama's, but that queries, keys and values are one map
/// (<c>qkv_proj</c>), and the two halves of a gated feed-forward network one (<c>up_gate_proj</c>). Source: Touvron et al.,
/// «LLaMA: Open and efficient foundation language models», 2023, and the families' own reports.
/// </summary>
public sealed class DecoderModel : LanguageModel
{
    private readonly Embedding _tokens;
    private readonly DecoderLayer[] _layers;
    private readonly Embedding? _positions;
    private readonly RotaryEmbedding? _rotary;
    private readonly RotaryEmbedding? _localRotary;
    private readonly Module _norm;
    private readonly Linear? _head;

    /// <exception cref="ArgumentException">Sizes that are out of range or do not fit one another.</exception>
    public DecoderModel(DecoderConfig config, DType type = DType.F32) : base(type)
    {
        config.Validate();
        Config = config;
        _tokens = AddChild("model.embed_tokens", new Embedding(config.VocabSize, config.HiddenSize, type: type));
        if (config.LearnedPositions)
            _positions = AddChild("model.embed_positions", new Embedding(config.MaxPositionEmbeddings, config.HiddenSize, type: type));
        else
            _rotary = new RotaryEmbedding(config.HeadDim, config.RopeTheta, config.RotaryDim, config.RopeInterleaved, config.RopeScaling, type);
        if (config.RopeLocalBaseFreq is { } local)
            _localRotary = new RotaryEmbedding(config.HeadDim, local, config.RotaryDim, config.RopeInterleaved, type: type);
        _layers = new DecoderLayer[config.NumHiddenLayers];
        for (int i = 0; i < _layers.Length; i++)
            _layers[i] = AddChild(string.Create(CultureInfo.InvariantCulture, $"model.layers.{i}"), new DecoderLayer(config, i, type));
        _norm = AddChild("model.norm", DecoderLayer.NewNorm(config, type));
        if (!config.TieWordEmbeddings)
            _head = AddChild("lm_head", new Linear(config.HiddenSize, config.VocabSize, bias: false, type));
        SetInitializers();
    }

    public DecoderConfig Config { get; }

    public override int VocabSize => Config.VocabSize;

    public override int ContextLength => Config.MaxPositionEmbeddings;

    public override KvShape KvShape => new(Config.NumHiddenLayers, Config.NumKeyValueHeads, Config.HeadDim);

    /// <summary>A parameter's path within the model, which itself may stand in another module.</summary>
    internal string Within(string path) => Path.Length == 0 ? path : path[(Path.Length + 1)..];

    protected override Tensor Forward(in TokenContext context)
    {
        Tensor x = _tokens.Call(context.Ids); // (N, C)
        if (Config.EmbeddingMultiplier != 1)
            x *= Config.EmbeddingMultiplier;
        if (_positions is not null)
            x += _positions.Call(context.Positions);
        Tensor table = _rotary?.Table(context.Positions) ?? default, localTable = _localRotary?.Table(context.Positions) ?? table;
        for (int i = 0; i < _layers.Length; i++)
            x = _layers[i].Call(x, context, _rotary, Config.HasWindow(i) ? localTable : table);
        if (!context.LogitRows.IsNone)
            x = context.LogitRows.Embedding(x); // (wanted, C)
        x = _norm.Call(x);
        Tensor logits = _head is null ? x.Linear(_tokens.Weight) : _head.Call(x); // (wanted, vocabSize)
        return Config.FinalLogitSoftcapping is { } cap ? (logits / cap).Tanh() * cap : logits;
    }

    // What layers add keeps its size, however many add (Radford et al., 2019, section 2.3).
    private void SetInitializers()
    {
        var (normal, narrow) = (new NormalInitializer(Deviation: 0.02), new NormalInitializer(Deviation: 0.02 / Math.Sqrt(2.0 * Config.NumHiddenLayers)));
        _tokens.Weight.Initializer = normal;
        if (_positions is not null)
            _positions.Weight.Initializer = normal;
        foreach (Linear linear in Modules().OfType<Linear>())
        {
            linear.Weight.Initializer = normal;
            if (linear.Bias is { } bias)
                bias.Initializer = new ConstantInitializer();
        }
        foreach (Linear linear in _layers.SelectMany(layer => layer.Outputs))
            linear.Weight.Initializer = narrow;
    }
}
