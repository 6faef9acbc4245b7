namespace Sarsen.Nn;

/// <summary>The function of the second half in a gated linear unit.</summary>
public enum GluGate
{
    /// <summary>PyTorch's GLU.</summary>
    Sigmoid,

    /// <summary>GEGLU, with the exact GELU.</summary>
    Gelu,

    /// <summary>GEGLU by the tanh approximation.</summary>
    GeluTanh,

    /// <summary>ReGLU.</summary>
    Relu,

    /// <summary>SwiGLU.</summary>
    Silu,
}
