using System.Globalization;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Gpt;

/// <summary>
/// A decoder in the manner of GPT-2: learned positions, blocks of causal attention and a feed-forward network with layer
/// norm before each, a last layer norm, and logits from the tokens' vectors. Parameters have the names of Hugging Face's
/// GPT2LMHeadModel and nanoGPT; linear weights are (out, in), as nanoGPT's. Source: Radford et al., «Language models are
/// unsupervised multitask learners», 2019.
/// </summary>
public sealed class GptModel : LanguageModel
{
    private readonly Embedding _tokens;
    private readonly Embedding _positions;
    private readonly Dropout _dropout;
    private readonly GptBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear? _head;

    /// <exception cref="ArgumentException">A size is below one, or the heads do not divide the vector.</exception>
    public GptModel(GptConfig config, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(config.NLayer, 1, nameof(config));
        Config = config;
        _tokens = AddChild("transformer.wte", new Embedding(config.VocabSize, config.NEmbd, type: type));
        _positions = AddChild("transformer.wpe", new Embedding(config.NPositions, config.NEmbd, type: type));
        _dropout = AddChild("transformer.drop", new Dropout(config.EmbdPdrop));
        _blocks = new GptBlock[config.NLayer];
        for (int i = 0; i < config.NLayer; i++)
            _blocks[i] = AddChild(string.Create(CultureInfo.InvariantCulture, $"transformer.h.{i}"), new GptBlock(config, i, type));
        _norm = AddChild("transformer.ln_f", new LayerNorm(config.NEmbd, config.LayerNormEpsilon, type));
        if (!config.TieWordEmbeddings)
            _head = AddChild("lm_head", new Linear(config.NEmbd, config.VocabSize, bias: false, type));
        var normal = new NormalInitializer(Deviation: 0.02);
        (_tokens.Weight.Initializer, _positions.Weight.Initializer) = (normal, normal);
        if (_head is not null)
            _head.Weight.Initializer = normal;
    }

    public GptConfig Config { get; }

    public override int VocabSize => Config.VocabSize;

    public override int ContextLength => Config.NPositions;

    public override KvShape KvShape => new(Config.NLayer, Config.NHead, Config.NEmbd / Config.NHead);

    protected override Tensor Forward(in TokenContext context)
    {
        Tensor x = _tokens.Call(context.Ids) + _positions.Call(context.Positions); // (N, C)
        x = context.Drop(_dropout, x);
        foreach (GptBlock block in _blocks)
            x = block.Call(x, context);
        if (!context.LogitRows.IsNone)
            x = context.LogitRows.Embedding(x); // (wanted, C)
        x = _norm.Call(x);
        return _head is null ? x.Linear(_tokens.Weight) : _head.Call(x); // (wanted, vocabSize)
    }
}
