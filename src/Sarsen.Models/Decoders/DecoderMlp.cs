using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// The feed-forward network of a decoder: down(a ⊗ f(b)), a and b made by one map, the rows of a first; or down(f(up(x))).
/// </summary>
internal sealed class DecoderMlp : Module
{
    private readonly Linear _up;
    private readonly Module _function;
    private readonly Linear _down;

    /// <exception cref="NotSupportedException">There is no gated unit with this function.</exception>
    public DecoderMlp(DecoderConfig config, DType type) : base(type)
    {
        long inner = config.IntermediateSize;
        _up = AddChild(config.GatedMlp ? "up_gate_proj" : "up_proj", new Linear(config.HiddenSize, config.GatedMlp ? 2 * inner : inner, config.MlpBias, type));
        _function = AddChild<Module>("act", config.GatedMlp ? new Glu(Gate(config.HiddenAct)) : new Activation(config.HiddenAct));
        _down = AddChild("down_proj", new Linear(inner, config.HiddenSize, config.MlpBias, type));
    }

    public Linear Down => _down;

    protected override Tensor Forward(Tensor x) => _down.Call(_function.Call(_up.Call(x))); // (N, C) -> (N, C)

    private static GluGate Gate(ActivationFunction function) => function switch
    {
        ActivationFunction.Silu => GluGate.Silu,
        ActivationFunction.Gelu => GluGate.Gelu,
        ActivationFunction.GeluTanh => GluGate.GeluTanh,
        ActivationFunction.Relu => GluGate.Relu,
        ActivationFunction.Sigmoid => GluGate.Sigmoid,
        _ => throw new NotSupportedException($"a gated feed-forward network with {function} is not there: silu, gelu, gelu_tanh, relu or sigmoid"),
    };
}
