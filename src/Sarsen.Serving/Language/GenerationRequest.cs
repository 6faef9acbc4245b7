namespace Sarsen.Serving.Language;

/// <summary>What a <see cref="LanguageEngine"/> is asked for.</summary>
public sealed record GenerationRequest
{
    /// <summary>One or more tokens, fewer than the engine's context.</summary>
    public required int[] Prompt { get; init; }

    public GenerationOptions Options { get; init; } = new();

    /// <summary>Those of a higher priority go first: they are begun before others that wait, and where there is no room, those of the lowest give theirs up and go on later, with the same answer.</summary>
    public int Priority { get; init; }

    /// <summary>Who asks, such as the id of a key: those of one priority take turns.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The whole answer must be there after so long; null for no limit.</summary>
    public TimeSpan? Deadline { get; init; }
}
