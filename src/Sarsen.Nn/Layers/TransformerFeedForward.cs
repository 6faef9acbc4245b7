using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>linear2(dropout(f(linear1(x)))): the part that transformer layers share. Its modules are children of the layer, as in PyTorch.</summary>
internal sealed class TransformerFeedForward(int dModel, int hidden, double dropout, ActivationFunction activation, bool bias, DType type)
{
    private readonly Linear _linear1 = new(dModel, hidden, bias, type);
    private readonly Linear _linear2 = new(hidden, dModel, bias, type);
    private readonly Dropout _dropout = new(dropout);

    public void AddTo(Action<string, Module> add)
    {
        add("linear1", _linear1);
        add("dropout", _dropout);
        add("linear2", _linear2);
    }

    public Tensor Run(Tensor x) => _linear2.Call(_dropout.Call(_linear1.Call(x).Activate(activation))); // (…, C) -> (…, hidden) -> (…, C)
}
