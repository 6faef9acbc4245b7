namespace Sarsen.Text.Grammars;

/// <summary>What a grammar may use up: grammars and schemas come with requests.</summary>
public sealed record GrammarLimits
{
    public static GrammarLimits Default { get; } = new();

    /// <summary>UTF-16 units of a grammar, a schema or a pattern.</summary>
    public int MaxSource { get; init; } = 1 << 20;

    /// <summary>How deep expressions may lie in each other when they are read.</summary>
    public int MaxNesting { get; init; } = 100;

    /// <summary>States of the automaton, before and after it is made deterministic; repetitions count as often as they repeat.</summary>
    public int MaxStates { get; init; } = 200_000;

    /// <summary>How deep rules may call each other when a text is matched; what would lie deeper is not allowed.</summary>
    public int MaxDepth { get; init; } = 500;

    /// <summary>States, each with its own returns, that the same text can be read to.</summary>
    public int MaxReadings { get; init; } = 5000;

    /// <summary>Bytes that are kept of what follows what while texts are read; past them it is found again when it is needed.</summary>
    public long TableBytes { get; init; } = 16L << 20;

    /// <summary>
    /// Bytes of masks that are kept for a vocabulary; past them the ones that were not used for long go, and are made again when
    /// they are needed. Of 128,000 tokens the mask of a state takes up to 16 KiB.
    /// </summary>
    public long MaskBytes { get; init; } = 16L << 20;

    /// <summary>Of compiling a grammar, without its masks.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(5);
}
