using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Embeddings;

/// <summary>
/// x = norm(x + attend(x)), then x = norm(x + down(f(up(x)))), over rows (N, C) of any sequences, each token seeing all of its
/// own. Source: Devlin et al., «BERT: Pre-training of deep bidirectional transformers for language understanding», 2019.
/// </summary>
internal sealed class BertLayer : Module
{
    private readonly AttentionOptions _options;
    private readonly Linear _qkv;
    private readonly Linear _out;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _up;
    private readonly Activation _function;
    private readonly Linear _down;
    private readonly LayerNorm _norm;

    public BertLayer(BertConfig config)
    {
        long c = config.HiddenSize;
        _options = new AttentionOptions(config.NumAttentionHeads);
        _qkv = AddChild("attention.self.qkv", new Linear(c, 3 * c));
        _out = AddChild("attention.output.dense", new Linear(c, c));
        _attentionNorm = AddChild("attention.output.LayerNorm", new LayerNorm(c, config.LayerNormEps));
        _up = AddChild("intermediate.dense", new Linear(c, config.IntermediateSize));
        _function = AddChild("act", new Activation(config.HiddenAct));
        _down = AddChild("output.dense", new Linear(config.IntermediateSize, c));
        _norm = AddChild("output.LayerNorm", new LayerNorm(c, config.LayerNormEps));
    }

    public Tensor Call(Tensor x, in TokenContext context, int layer)
    {
        ModuleCall call = BeginCall();
        x = _attentionNorm.Call(x + _out.Call(context.Attend(_qkv.Call(x), _options, layer))); // (N, C)
        return EndCall(call, _norm.Call(x + _down.Call(_function.Call(_up.Call(x)))));
    }

    protected override Tensor Forward(Tensor x) => throw new InvalidOperationException($"{Kind} at '{Path}' runs on the rows of a model's tokens: call the model");
}
