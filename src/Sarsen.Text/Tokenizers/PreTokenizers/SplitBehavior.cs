namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>What becomes of what a pattern matched. The names are those of tokenizer.json.</summary>
internal enum SplitBehavior
{
    /// <summary>It is dropped.</summary>
    Removed,

    /// <summary>It is a piece of its own.</summary>
    Isolated,

    /// <summary>It belongs to the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>It belongs to the piece behind it.</summary>
    MergedWithNext,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,
}
