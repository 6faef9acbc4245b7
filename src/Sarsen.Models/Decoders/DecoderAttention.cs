using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// Attention of a decoder over rows (N, C): one map makes queries, keys and values side by side, heads · D, kvHeads · D and
/// kvHeads · D; queries and keys turn by their positions, normalised before where the family does so.
/// </summary>
internal sealed class DecoderAttention : Module
{
    private readonly DecoderConfig _config;
    private readonly int _layer;
    private readonly Linear _qkv;
    private readonly Linear _out;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;
    private readonly AttentionOptions _options;

    public DecoderAttention(DecoderConfig config, int layer, DType type) : base(type)
    {
        (_config, _layer) = (config, layer);
        long queries = (long)config.NumAttentionHeads * config.HeadDim, keys = (long)config.NumKeyValueHeads * config.HeadDim;
        _options = new AttentionOptions(config.NumAttentionHeads, config.NumKeyValueHeads, causal: true, window: config.HasWindow(layer) ? config.SlidingWindow : 0, scale: config.AttentionScale,
            softcap: config.AttnLogitSoftcapping);
        _qkv = AddChild("qkv_proj", new Linear(config.HiddenSize, queries + (2 * keys), config.AttentionBias, type));
        _out = AddChild("o_proj", new Linear(queries, config.HiddenSize, config.AttentionOutBias, type));
        if (config.QkNorm)
        {
            _queryNorm = AddChild("q_norm", new RmsNorm(config.HeadDim, config.NormEps, type));
            _keyNorm = AddChild("k_norm", new RmsNorm(config.HeadDim, config.NormEps, type));
        }
    }

    public Linear Out => _out;

    public Tensor Call(Tensor x, in TokenContext context, RotaryEmbedding? rotary, Tensor table)
    {
        ModuleCall call = BeginCall();
        Tensor qkv = _qkv.Call(x); // (N, (heads + 2 kvHeads) · D)
        if (_queryNorm is not null && _keyNorm is not null)
            qkv = Normalise(qkv, _queryNorm, _keyNorm);
        if (rotary is not null)
            qkv = rotary.Rotate(qkv, table, _config.NumAttentionHeads + _config.NumKeyValueHeads);
        return EndCall(call, _out.Call(context.Attend(qkv, _options, _layer))); // (N, C)
    }

    private Tensor Normalise(Tensor qkv, RmsNorm queryNorm, RmsNorm keyNorm)
    {
        (long rows, long d) = (qkv.Shape[0], _config.HeadDim);
        long queries = _config.NumAttentionHeads * d, keys = _config.NumKeyValueHeads * d;
        Tensor q = queryNorm.Call(qkv.Slice(1, 0, queries).Reshape(rows * _config.NumAttentionHeads, d)).Reshape(rows, queries);
        Tensor k = keyNorm.Call(qkv.Slice(1, queries, queries + keys).Reshape(rows * _config.NumKeyValueHeads, d)).Reshape(rows, keys);
        return Tensor.Concat(1, q, k, qkv.Slice(1, queries + keys));
    }

    protected override Tensor Forward(Tensor x) => throw new InvalidOperationException($"{Kind} at '{Path}' runs on the rows of a model's tokens: call the model");
}
