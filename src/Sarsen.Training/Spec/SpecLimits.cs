namespace Sarsen.Training.Spec;

/// <summary>What a spec may cost to read: specs come from strangers too. Each limit is answered with a <see cref="SpecException"/>.</summary>
public sealed record SpecLimits
{
    public static SpecLimits Default { get; } = new();

    /// <summary>Longest text, in UTF-16 characters. Default 1 Mi: a spec written by hand stays below 20 Ki.</summary>
    public int MaxCharacters { get; init; } = 1 << 20;

    /// <summary>Deepest nesting of maps and lists.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Most nodes after every alias is counted as a copy, which is what stops alias bombs.</summary>
    public int MaxNodes { get; init; } = 100_000;

    /// <summary>Most mistakes that are reported; the rest are counted.</summary>
    public int MaxErrors { get; init; } = 50;
}
