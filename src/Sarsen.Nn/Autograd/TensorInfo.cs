using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>What an operation may know of an operand before anything is computed.</summary>
/// <param name="DType">The element type.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Strides">The steps, in elements.</param>
public readonly record struct TensorInfo(DType DType, Shape Shape, Shape Strides);
