namespace Sarsen.Tensors;

/// <summary>Shapes that do not fit. The message names the operation, what was given and what was expected.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);
