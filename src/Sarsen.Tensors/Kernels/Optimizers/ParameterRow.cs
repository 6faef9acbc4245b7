namespace Sarsen.Tensors.Kernels;

/// <summary>Where one parameter of an optimizer lies: values p, gradients g, and up to three states a, b, c.</summary>
public unsafe struct ParameterRow
{
    public float* P, G, A, B, C;
}
