namespace Sarsen.Models.Encoders;

/// <summary>What tells an encoder where a token stands.</summary>
public enum EncoderPositions
{
    /// <summary>A trained vector for each position.</summary>
    Learned,

    /// <summary>Fixed sines and cosines.</summary>
    Sinusoidal,

    /// <summary>Nothing: the order of tokens does not matter.</summary>
    None,
}
