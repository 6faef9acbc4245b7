using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>
/// A resolved operand: what kernels read and write. <see cref="Data"/> is null for what is not wanted: a gradient
/// that nobody asked for, a gradient that did not arrive.
/// </summary>
public readonly unsafe struct TensorView(byte* data, DType dtype, in Shape shape, in Shape strides)
{
    public readonly byte* Data = data;
    public readonly DType DType = dtype;
    public readonly Shape Shape = shape;

    /// <summary>In elements; row-major without gaps unless the operation accepts strides.</summary>
    public readonly Shape Strides = strides;

    public bool IsNone => Data is null;

    public float* F32 => (float*)Data;

    public double* F64 => (double*)Data;

    public long* I64 => (long*)Data;

    public int* I32 => (int*)Data;

    public long Count => Shape.Count;
}
