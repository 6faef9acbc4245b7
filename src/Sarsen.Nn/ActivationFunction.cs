namespace Sarsen.Nn;

/// <summary>The activation functions that layers and specs name.</summary>
public enum ActivationFunction
{
    /// <summary>None: the value itself.</summary>
    Linear,
    Relu,

    /// <summary>Relu up to 6.</summary>
    Relu6,
    LeakyRelu,

    /// <summary>The exact one.</summary>
    Gelu,
    GeluTanh,
    Silu,
    Sigmoid,
    Tanh,
    Softplus,
    Elu,
    Selu,
    Celu,
    Mish,
    Hardswish,
    Hardsigmoid,

    /// <summary>From -1 to 1.</summary>
    Hardtanh,
    Softsign,
    LogSigmoid,
}
