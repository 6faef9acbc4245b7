using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>One entry of a module's state: a parameter, or a buffer such as a running mean.</summary>
/// <param name="Name">The full path, as in PyTorch's state dict: <c>0.weight</c>.</param>
/// <param name="Value">The tensor.</param>
/// <param name="Parameter">The parameter; null for a buffer.</param>
public readonly record struct ModuleState(string Name, Tensor Value, Parameter? Parameter);
