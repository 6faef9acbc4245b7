namespace Sarsen.Text.Tokenizers.Models;

/// <summary>
/// Byte-pair encoding: a word is its symbols, and the pair that comes first in the list of merges is joined until no pair
/// is in it. What symbols are, bytes or characters, is up to an <see cref="ISymbols"/>.
/// Source: Sennrich, Haddow and Birch 2016, section 3.2.
/// </summary>
internal sealed class BytePairModel(ISymbols symbols, Merges merges) : CachedModel
{
    // From here on the heap is faster; measured on words of one letter and on words of a text.
    private const int LongestPlain = 48;

    /// <summary>Tokens that a whole word is before any merging (<c>ignore_merges</c>), by the word; else null.</summary>
    public Dictionary<string, int>? WholeWords { get; init; }

    /// <summary>Whether a text cut where no token reaches has the same tokens as in one piece.</summary>
    public bool CanBeCutAtSeams => WholeWords is null && symbols is CharSymbols { CanBeCut: true };

    protected override void Cut(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids)
    {
        if (WholeWords is not null && symbols.TryWholeWord(word, WholeWords, scratch, out int whole))
        {
            ids.Add(whole);
            return;
        }
        Span<int> parts = scratch.Symbols(symbols.Most(word));
        parts = parts[..symbols.Read(word, parts)];
        int count = parts.Length <= LongestPlain
            ? merges.ApplyPlain(parts, scratch.Ranks(parts.Length))
            : merges.ApplyByHeap(parts, scratch.Heap);
        symbols.Write(parts[..count], ids);
    }
}
