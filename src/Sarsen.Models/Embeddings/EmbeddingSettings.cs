using Sarsen.Models.Encoders;

namespace Sarsen.Models.Embeddings;

/// <summary>What a folder says of an embedding model besides its network.</summary>
public sealed record EmbeddingSettings
{
    /// <summary>What becomes of the tokens' vectors: their mean, or the first.</summary>
    public EncoderPooling Pooling { get; init; } = EncoderPooling.Mean;

    /// <summary>Vectors are divided by their length.</summary>
    public bool Normalize { get; init; }

    /// <summary>The most tokens of a text, those around it among them; what the network can take when null.</summary>
    public int? MaxLength { get; init; }
}
