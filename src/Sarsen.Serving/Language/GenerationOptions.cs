using Sarsen.Text.Grammars;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Language;

/// <summary>How an answer is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most that <see cref="TopLogprobs"/> may be.</summary>
    public const int MostTopLogprobs = 20;

    /// <summary>The most tokens of the answer, its end among them; the rest of the context when null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>The answer continues the prompt's text, so that a space it begins with is part of it; else it is a text of its own.</summary>
    public bool Continues { get; init; }

    /// <summary>Texts that end the answer, before which it is cut; none is empty.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Tokens that end the answer, beside the model's own; they give no text.</summary>
    public IReadOnlySet<int> StopTokens { get; init; } = new HashSet<int>();

    /// <summary>The model's own end tokens do not end the answer.</summary>
    public bool IgnoreEnd { get; init; }

    /// <summary>Special tokens are written out in the text, as a parser of tool calls needs them; else they give none.</summary>
    public bool KeepSpecial { get; init; }

    /// <summary>
    /// What the text must match, up to its end; null for anything. An answer cut by its length matches a beginning of it. Of the
    /// model's tokens: <see cref="LoadedLanguageModel.Constrain"/>.
    /// </summary>
    public TokenGrammar? Constraint { get; init; }

    /// <summary>Log probabilities are told: of the chosen tokens, and of so many of the likeliest at their place, from 0 to 20. Null for none.</summary>
    public int? TopLogprobs { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message says which and what is allowed.</exception>
    public void Validate(int vocabularySize)
    {
        if (MaxTokens is < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "MaxTokens is one or more");
        if (Stop.Any(string.IsNullOrEmpty))
            throw new ArgumentOutOfRangeException(nameof(Stop), "a stop text cannot be empty");
        if (TopLogprobs is < 0 or > MostTopLogprobs)
            throw new ArgumentOutOfRangeException(nameof(TopLogprobs), TopLogprobs, $"TopLogprobs is from 0 to {MostTopLogprobs}");
        if (IgnoreEnd && Constraint is not null)
            throw new ArgumentOutOfRangeException(nameof(IgnoreEnd), IgnoreEnd, "IgnoreEnd and Constraint exclude each other: a constrained text ends where it is complete");
        if (Constraint is { } constraint && constraint.Trie.Count != vocabularySize)
            throw new ArgumentOutOfRangeException(nameof(Constraint), $"Constraint is of {constraint.Trie.Count} tokens, and the model has {vocabularySize}: make it with the model's Constrain");
        Sampling.Validate(vocabularySize);
    }
}
