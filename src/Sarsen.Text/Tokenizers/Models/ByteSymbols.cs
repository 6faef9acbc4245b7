using System.Text;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>The bytes of a word in UTF-8, each a token of its own. Half a surrogate pair is U+FFFD.</summary>
/// <param name="ids">The token of each byte; -1 where the vocabulary has none, which then gives <paramref name="unknown"/>.</param>
/// <param name="unknown">The token for unknown bytes, or -1: they are left out.</param>
internal sealed class ByteSymbols(int[] ids, int unknown = -1) : ISymbols
{
    // A UTF-16 code unit is at most three bytes of UTF-8; a pair is four.
    private const int MostBytes = 3;

    public int Most(ReadOnlySpan<char> word) => checked(word.Length * MostBytes);

    public int Read(ReadOnlySpan<char> word, Span<int> symbols)
    {
        int count = 0;
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < word.Length;)
        {
            int length = 1;
            if (word[i] < 0x80)
            {
                utf8[0] = (byte)word[i++];
            }
            else
            {
                Rune.DecodeFromUtf16(word[i..], out Rune rune, out int used);
                i += used;
                length = rune.EncodeToUtf8(utf8);
            }
            foreach (byte value in utf8[..length])
            {
                int id = ids[value] < 0 ? unknown : ids[value];
                if (id >= 0)
                    symbols[count++] = id;
            }
        }
        return count;
    }

    public void Write(ReadOnlySpan<int> symbols, TokenIds target) => target.Add(symbols);

    public bool TryWholeWord(ReadOnlySpan<char> word, Dictionary<string, int> words, EncodeScratch scratch, out int id)
    {
        Span<char> text = scratch.Chars(Most(word));
        int count = 0;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in word.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(utf8);
            foreach (byte value in utf8[..length])
                text[count++] = ByteAlphabet.CharOf(value);
        }
        return words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..count], out id);
    }
}
