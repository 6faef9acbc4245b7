namespace Sarsen.Models.Decoders;

/// <summary>How a decoder normalises vectors.</summary>
public enum DecoderNorm
{
    /// <summary>By the root of the mean square, times a weight.</summary>
    Rms,

    /// <summary>By mean and variance, times a weight, plus a bias.</summary>
    Layer,
}
