namespace Sarsen.Text.Tokenizers.Models;

/// <summary>What the words of <see cref="BytePairModel"/> are made of at first.</summary>
internal interface ISymbols
{
    /// <summary>At most so many symbols has a word.</summary>
    int Most(ReadOnlySpan<char> word);

    /// <summary>Writes a word's symbols and returns how many there are.</summary>
    int Read(ReadOnlySpan<char> word, Span<int> symbols);

    /// <summary>Adds the tokens that merged symbols are.</summary>
    void Write(ReadOnlySpan<int> symbols, TokenIds ids);

    /// <summary>The token that a whole word is.</summary>
    bool TryWholeWord(ReadOnlySpan<char> word, Dictionary<string, int> words, EncodeScratch scratch, out int id);
}
