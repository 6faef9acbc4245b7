namespace Sarsen.Tensors;

/// <summary>A tensor was used after its memory was given back. The message names the scope or owner that held it.</summary>
public sealed class StaleTensorException(string message) : InvalidOperationException(message);
