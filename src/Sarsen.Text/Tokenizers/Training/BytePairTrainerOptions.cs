using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>What a <see cref="BytePairTrainer"/> makes.</summary>
public sealed record BytePairTrainerOptions
{
    /// <summary>Tokens in all, the special ones and the 256 bytes among them. Fewer where the corpus has no more pairs.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that text is cut at and that no merge reaches over; they get the first ids.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>What text is cut into words by; GPT-2's by default, the most widely read.</summary>
    public string Pattern { get; init; } = Gpt2Splitter.Pattern;

    /// <summary>Pairs rarer than this are not merged. Default 1: all are, while there is room.</summary>
    public long MinimumCount { get; init; } = 1;
}
