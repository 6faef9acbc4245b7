using Sarsen.Nn;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary>The functions that a layer may name to follow it.</summary>
public enum ActivationKind
{
    /// <summary>The value itself; Keras's linear.</summary>
    None,
    Relu,

    /// <summary>Relu up to 6.</summary>
    Relu6,
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
    /// <exception cref="NotSupportedException">It is not a function of single elements.</exception>
    public static ActivationFunction ToFunction(this ActivationKind kind) => kind switch
    {
        ActivationKind.None => ActivationFunction.Linear,
        ActivationKind.Softmax or ActivationKind.LogSoftmax => throw new NotSupportedException($"a feed-forward network applies a function to each element; {kind} is of all of them"),
        _ => Enum.Parse<ActivationFunction>(kind.ToString()),
    };

    public static Module ToModule(this ActivationKind kind, double slope = 0.01, double alpha = 1) => kind switch
    {
        ActivationKind.Softmax => new Softmax(),
        ActivationKind.LogSoftmax => new LogSoftmax(),
        ActivationKind.None => new Activation(ActivationFunction.Linear),
        _ => new Activation(Enum.Parse<ActivationFunction>(kind.ToString()), slope, alpha),
    };
}
