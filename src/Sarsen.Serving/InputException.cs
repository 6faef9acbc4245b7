namespace Sarsen.Serving;

/// <summary>A request's tensors are not what the predictor reads. The message names the tensor, what was given and what is expected.</summary>
public sealed class InputException(string message, Exception? inner = null) : Exception(message, inner);
