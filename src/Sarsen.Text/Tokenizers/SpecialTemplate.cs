namespace Sarsen.Text.Tokenizers;

/// <summary>What stands before, between and behind the texts that a model is given.</summary>
/// <param name="Before">Before a text.</param>
/// <param name="After">Behind it.</param>
internal sealed record SpecialTemplate(IReadOnlyList<int> Before, IReadOnlyList<int> After)
{
    public static SpecialTemplate None { get; } = new([], []);

    /// <summary>The same for two texts: ids, and <see cref="First"/> and <see cref="Second"/> where the texts go; null where a model takes but one.</summary>
    public IReadOnlyList<int>? Pair { get; init; }

    public const int First = -1;
    public const int Second = -2;

    /// <summary>With what stands around a text, for a model without a rule for two: one text behind the other.</summary>
    public IReadOnlyList<int> PairOrPlain => Pair ?? [.. Before, First, Second, .. After];
}
