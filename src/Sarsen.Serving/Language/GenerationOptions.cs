using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Language;

/// <summary>How an answer is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens of the answer; the rest of the context when null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Texts that end the answer, before which it is cut; none is empty.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
}
