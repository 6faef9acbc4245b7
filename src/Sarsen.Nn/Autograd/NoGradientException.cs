namespace Sarsen.Nn.Autograd;

/// <summary>Backward reached an operation that has none.</summary>
public sealed class NoGradientException(string operation)
    : NotSupportedException($"{operation} has no gradient: detach its inputs, or keep it off the path to the loss");
