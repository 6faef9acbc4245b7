using Sarsen.Nn.Ops;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>The tiny network of layer_steps.py: z = gain · layer(scale · x + shift), with a gain for each result.</summary>
internal sealed class AroundLayer : Module
{
    private readonly Module _layer;
    private readonly LayerGolden.Values[] _inputs;
    private readonly Parameter? _scale;
    private readonly Parameter? _shift;
    private readonly Parameter[] _gains;
    private readonly Tensor[] _targets;

    public AroundLayer(Module layer, LayerGolden.Values[] inputs, LayerGolden.Values[] state, LayerGolden.Values[] results, DType type) : base(type)
    {
        (_layer, _inputs) = (AddChild("layer", layer), inputs);
        if (LayerCall.Input(layer, inputs[0], type).DType == type)
        {
            _scale = AddParameter("scale", new Shape(inputs[0].Shape[^1]), new ConstantInitializer(1));
            _shift = AddParameter("shift", new Shape(inputs[0].Shape[^1]), new ConstantInitializer());
        }
        _gains = [.. results.Select((y, i) => AddParameter($"gain{i}", new Shape(y.Shape[^1]), new ConstantInitializer(1)))];
        _targets = [.. results.Select(y => LayerCall.Make(y with { Elements = [.. y.Elements.Select((_, i) => Math.Cos(i) / 2)] }, type))];
        Initialize(1);
        LayerCall.SetState(layer, state);
    }

    /// <summary>The loss of the batch that the step sees.</summary>
    public Tensor Loss(int step, long ids)
    {
        LayerGolden.Values x = _inputs[0];
        double[] moved = [.. x.Elements.Select((e, i) => _scale is null ? (e + step) % ids : e + 0.2 * Math.Sin(i + step))];
        Dictionary<string, Tensor> inputs = _inputs.ToDictionary(v => v.Name, v => LayerCall.Input(_layer, v == x ? x with { Elements = moved } : v, DType));
        if (_scale is not null)
            inputs["x"] = inputs["x"] * _scale + _shift!;
        Tensor[] results = LayerCall.Run(_layer, inputs);
        Tensor loss = default;
        for (int i = 0; i < results.Length; i++)
        {
            Tensor mean = (results[i] * _gains[i] - _targets[i]).Square().Mean();
            loss = loss.IsNone ? mean : loss + mean;
        }
        return loss;
    }

    protected override Tensor Forward(Tensor x) => _layer.Call(x);
}
