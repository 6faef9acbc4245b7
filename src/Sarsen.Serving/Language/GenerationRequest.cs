namespace Sarsen.Serving.Language;

/// <summary>What a <see cref="LanguageEngine"/> is asked for.</summary>
public sealed record GenerationRequest
{
    /// <summary>One or more tokens, fewer than the engine's context.</summary>
    public required int[] Prompt { get; init; }

    public GenerationOptions Options { get; init; } = new();

    /// <summary>Of requests that wait, those of a higher priority are begun first.</summary>
    public int Priority { get; init; }

    /// <summary>Who asks, such as the id of a key: those of one priority take turns.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The whole answer must be there after so long; null for no limit.</summary>
    public TimeSpan? Deadline { get; init; }
}
