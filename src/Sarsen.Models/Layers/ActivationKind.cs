using Sarsen.Nn;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary>The functions that a layer may name to follow it.</summary>
public enum ActivationKind
{
    /// <summary>The value itself; Keras's linear.</summary>
    None,
    Relu,
    LeakyRelu,
    Gelu,
    GeluTanh,
    Silu,
    Sigmoid,
    Tanh,
    Softplus,
    Softmax,
    LogSoftmax,
    Elu,
    Selu,
    Celu,
    Mish,
    Hardswish,
    Hardsigmoid,
    Hardtanh,
    Relu6,
    Softsign,
    LogSigmoid,
}

internal static class ActivationKinds
{
    public static Module ToModule(this ActivationKind kind, double slope = 0.01, double alpha = 1) => kind switch
    {
        ActivationKind.Softmax => new Softmax(),
        ActivationKind.LogSoftmax => new LogSoftmax(),
        ActivationKind.None => new Activation(ActivationFunction.Linear),
        _ => new Activation(Enum.Parse<ActivationFunction>(kind.ToString()), slope, alpha),
    };
}
