using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Rnn"/>.</summary>
[Description("A simple recurrent layer: h' = f(W x + U h + b).")]
[DefaultProperty(nameof(HiddenSize))]
public sealed record RnnSpec : RecurrentSpec
{
    [Description("The function f of the state: Keras's activation, PyTorch's nonlinearity.")]
    public RnnFunction Activation { get; init; }

    private protected override Recurrent Create(long inputSize) =>
        new Rnn(inputSize, HiddenSize, NumLayers, Activation == RnnFunction.Relu, Bias, batchFirst: true, Dropout, bidirectional: Bidirectional);
}

public enum RnnFunction
{
    Tanh,
    Relu,
}
