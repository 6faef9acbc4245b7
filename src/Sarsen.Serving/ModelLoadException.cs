namespace Sarsen.Serving;

/// <summary>A model cannot be served. The message says what is wrong with it and, where there is one, the cure.</summary>
public sealed class ModelLoadException(string message, Exception? inner = null) : Exception(message, inner);
