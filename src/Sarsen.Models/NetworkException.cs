namespace Sarsen.Models;

/// <summary>A network cannot be built as it was described.</summary>
/// <param name="layer">The number of the layer at fault, from 0; -1 for the input.</param>
/// <param name="message">Cause and cure.</param>
/// <param name="inner">What the layer said.</param>
public sealed class NetworkException(int layer, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Layer { get; } = layer;
}
