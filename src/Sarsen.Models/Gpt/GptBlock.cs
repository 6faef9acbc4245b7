using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Gpt;

/// <summary>x = x + c_proj(attend(c_attn(ln_1(x)))), then x = x + c_proj(f(c_fc(ln_2(x)))), over rows (N, C) of any sequences.</summary>
internal sealed class GptBlock : Module
{
    private readonly LayerNorm _norm1;
    private readonly Linear _attention;
    private readonly Linear _attentionProjection;
    private readonly LayerNorm _norm2;
    private readonly Linear _hidden;
    private readonly Module _activation;
    private readonly Linear _projection;
    private readonly Dropout _attentionDropout;
    private readonly Dropout _dropout;
    private readonly AttentionOptions _options;
    private readonly int _layer;

    public GptBlock(GptConfig config, int layer, DType type) : base(type)
    {
        int inner = config.NInner ?? checked(4 * config.NEmbd);
        _options = new AttentionOptions(config.NHead, causal: true);
        _layer = layer;
        if (config.NEmbd % config.NHead != 0)
            throw new ArgumentException($"{config.NHead} heads cannot share {config.NEmbd} elements: give a divisor", nameof(config));
        _norm1 = AddChild("ln_1", new LayerNorm(config.NEmbd, config.LayerNormEpsilon, type));
        _attention = AddChild("attn.c_attn", new Linear(config.NEmbd, 3L * config.NEmbd, config.Bias, type));
        _attentionProjection = AddChild("attn.c_proj", new Linear(config.NEmbd, config.NEmbd, config.Bias, type));
        _norm2 = AddChild("ln_2", new LayerNorm(config.NEmbd, config.LayerNormEpsilon, type));
        _hidden = AddChild("mlp.c_fc", new Linear(config.NEmbd, inner, config.Bias, type));
        _activation = AddChild("mlp.act", config.ActivationFunction.ToModule());
        _projection = AddChild("mlp.c_proj", new Linear(inner, config.NEmbd, config.Bias, type));
        _attentionDropout = AddChild("attn.resid_dropout", new Dropout(config.ResidPdrop));
        _dropout = AddChild("mlp.dropout", new Dropout(config.ResidPdrop));

        // What blocks add keeps its size, however many add (Radford et al., 2019, section 2.3).
        var (normal, narrow) = (new NormalInitializer(Deviation: 0.02), new NormalInitializer(Deviation: 0.02 / Math.Sqrt(2.0 * config.NLayer)));
        foreach (Linear linear in (ReadOnlySpan<Linear>)[_attention, _attentionProjection, _hidden, _projection])
        {
            linear.Weight.Initializer = linear == _attentionProjection || linear == _projection ? narrow : normal;
            if (linear.Bias is { } bias)
                bias.Initializer = new ConstantInitializer();
        }
    }

    public Tensor Call(Tensor x, in TokenContext context)
    {
        ModuleCall call = BeginCall();
        Tensor qkv = _attention.Call(_norm1.Call(x)); // (N, 3C)
        x += context.Drop(_attentionDropout, _attentionProjection.Call(context.Attend(qkv, _options, _layer)));
        x += context.Drop(_dropout, _projection.Call(_activation.Call(_hidden.Call(_norm2.Call(x)))));
        return EndCall(call, x);
    }

    protected override Tensor Forward(Tensor x) => throw new InvalidOperationException($"{Kind} at '{Path}' runs on the rows of a model's tokens: call the model");
}
