namespace Sarsen.Models.Encoders;

/// <summary>What becomes of the vectors of a sequence's tokens.</summary>
public enum EncoderPooling
{
    /// <summary>Their mean, padding left out: (C).</summary>
    Mean,

    /// <summary>That of the first token that is not padding, as BERT's: (C).</summary>
    First,

    /// <summary>All stay, for a result for each token: (T, C).</summary>
    None,
}
