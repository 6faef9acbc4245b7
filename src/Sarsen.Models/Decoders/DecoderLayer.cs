using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// x = x + attention(norm(x)), then x = x + mlp(norm(x)), over rows (N, C) of any sequences. With sandwich norms what is added
/// is normalised too; with a parallel residual both are made of the layer's input.
/// </summary>
internal sealed class DecoderLayer : Module
{
    private readonly bool _parallel;
    private readonly Module _inputNorm;
    private readonly DecoderAttention _attention;
    private readonly Module? _attentionOutNorm;
    private readonly Module _mlpNorm;
    private readonly DecoderMlp _mlp;
    private readonly Module? _mlpOutNorm;

    public DecoderLayer(DecoderConfig config, int layer, DType type) : base(type)
    {
        _parallel = config.ParallelResidual;
        _inputNorm = AddChild("input_layernorm", NewNorm(config, type));
        _attention = AddChild("self_attn", new DecoderAttention(config, layer, type));
        // Hugging Face names the norm before the feed-forward network by what it follows; with four norms each has its own name.
        if (config.SandwichNorms)
            _attentionOutNorm = AddChild("post_attention_layernorm", NewNorm(config, type));
        _mlpNorm = AddChild(config.SandwichNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm", NewNorm(config, type));
        _mlp = AddChild("mlp", new DecoderMlp(config, type));
        if (config.SandwichNorms)
            _mlpOutNorm = AddChild("post_feedforward_layernorm", NewNorm(config, type));
    }

    /// <summary>The maps whose results are added to the layers' sum.</summary>
    public IEnumerable<Linear> Outputs => [_attention.Out, _mlp.Down];

    public static Module NewNorm(DecoderConfig config, DType type) =>
        config.Norm == DecoderNorm.Rms ? new RmsNorm(config.HiddenSize, config.NormEps, type) : new LayerNorm(config.HiddenSize, config.NormEps, type);

    public Tensor Call(Tensor x, in TokenContext context, RotaryEmbedding? rotary, Tensor table)
    {
        ModuleCall call = BeginCall();
        Tensor attended = _attention.Call(_inputNorm.Call(x), context, rotary, table);
        if (_attentionOutNorm is not null)
            attended = _attentionOutNorm.Call(attended);
        Tensor sum = x + attended;
        Tensor fed = _mlp.Call(_mlpNorm.Call(_parallel ? x : sum));
        if (_mlpOutNorm is not null)
            fed = _mlpOutNorm.Call(fed);
        return EndCall(call, sum + fed);
    }

    protected override Tensor Forward(Tensor x) => throw new InvalidOperationException($"{Kind} at '{Path}' runs on the rows of a model's tokens: call the model");
}
