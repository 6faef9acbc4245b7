using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Language;

/// <summary>How an answer is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens of the answer; the rest of the context when null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>The answer continues the prompt's text, so that a space it begins with is part of it; else it is a text of its own.</summary>
    public bool Continues { get; init; }

    /// <summary>Texts that end the answer, before which it is cut; none is empty.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
}
