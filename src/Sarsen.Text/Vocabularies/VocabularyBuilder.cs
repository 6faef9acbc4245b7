namespace Sarsen.Text.Vocabularies;

/// <summary>Counts the words or characters of texts and makes a <see cref="Vocabulary"/> of the frequent ones.</summary>
/// <param name="unit">What texts are cut into.</param>
/// <param name="lowercase">Whether texts are put in lower case first.</param>
public sealed class VocabularyBuilder(TextUnit unit, bool lowercase)
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Distinct units so far: what the memory of this grows with.</summary>
    public int Distinct => _counts.Count;

    public void Add(ReadOnlySpan<char> text)
    {
        if (unit == TextUnit.Byte)
            return;
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (ReadOnlySpan<char> part in new TextUnits(lowercase ? Vocabulary.Lower(text) : text, unit))
            counts[part] = counts.TryGetValue(part, out long count) ? count + 1 : 1;
    }

    /// <summary>The vocabulary of the most frequent units; of equals, the first by UTF-16 code units.</summary>
    /// <param name="size">Ids in all, padding and unknown among them: at least 2.</param>
    /// <param name="minimum">Units that are rarer are unknown.</param>
    public Vocabulary Build(int size, long minimum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        return new Vocabulary(unit, lowercase,
        [
            .. _counts.Where(e => e.Value >= minimum)
                .OrderByDescending(e => e.Value).ThenBy(e => e.Key, StringComparer.Ordinal)
                .Take(size - 2).Select(e => e.Key),
        ]);
    }
}
