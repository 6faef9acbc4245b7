using Sarsen.Models.Layers;

namespace Sarsen.Models.Gpt;

/// <summary>The sizes of a <see cref="GptModel"/>, under Hugging Face's names of GPT-2's configuration.</summary>
public sealed record GptConfig
{
    /// <summary>Tokens in the vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>The most tokens of a sequence.</summary>
    public required int NPositions { get; init; }

    /// <summary>Elements of a token's vector.</summary>
    public int NEmbd { get; init; } = 384;

    /// <summary>Blocks.</summary>
    public int NLayer { get; init; } = 6;

    /// <summary>Heads of each block, a divisor of <see cref="NEmbd"/>.</summary>
    public int NHead { get; init; } = 6;

    /// <summary>Elements within the feed-forward network; 4 · NEmbd when null.</summary>
    public int? NInner { get; init; }

    /// <summary>The function of the feed-forward network.</summary>
    public ActivationKind ActivationFunction { get; init; } = ActivationKind.Gelu;

    /// <summary>The probability of dropout on what blocks add.</summary>
    public double ResidPdrop { get; init; }

    /// <summary>The probability of dropout on the embeddings.</summary>
    public double EmbdPdrop { get; init; }

    /// <summary>Added to variances.</summary>
    public double LayerNormEpsilon { get; init; } = 1e-5;

    /// <summary>The logits are products with the tokens' own vectors; else with a matrix of their own.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>Have the blocks' linear maps biases.</summary>
    public bool Bias { get; init; } = true;
}
