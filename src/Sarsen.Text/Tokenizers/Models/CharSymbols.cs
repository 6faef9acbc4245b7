using System.Text;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>
/// The characters of a word. One that is no token but part of some (a virtual symbol, an id from the size of the vocabulary
/// up) may still be merged; what is left of those, and characters that are in no token, become the tokens of their bytes or,
/// without these, the unknown token.
/// </summary>
internal sealed class CharSymbols : ISymbols
{
    // Symbols for characters that are in no token: the code point above this.
    private const int Foreign = 1 << 24;

    private readonly KeyTable _ids = new();
    private readonly List<int> _virtual = [];
    private readonly int _size, _unknown;
    private readonly bool _fuse;
    private readonly int[]? _fallback;

    /// <param name="size">Tokens have ids below this.</param>
    /// <param name="unknown">The unknown token, or -1: unknown characters are left out.</param>
    /// <param name="fuse">Unknown tokens in a row are one.</param>
    /// <param name="fallback">The tokens of the bytes, or null.</param>
    public CharSymbols(int size, int unknown, bool fuse, int[]? fallback) =>
        (_size, _unknown, _fuse, _fallback) = (size, unknown, fuse, fallback);

    /// <summary>Before each character but the first, and behind the last one, in the spelling of tokens.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <inheritdoc cref="ContinuingPrefix"/>
    public string EndSuffix { get; init; } = "";

    /// <summary>Tokens by text, needed where there is a prefix or a suffix.</summary>
    public IReadOnlyDictionary<string, int>? Tokens { get; init; }

    /// <summary>Whether what a character becomes depends on no other: neither on its place in a word nor on unknown neighbours.</summary>
    public bool CanBeCut => Tokens is null && (_fallback is not null || !_fuse || _unknown < 0);

    /// <summary>Names the token that a character is.</summary>
    public void Add(int codePoint, int id) => _ids.TryAdd((ulong)codePoint, id);

    /// <summary>The symbol of a character, a virtual one where it is no token.</summary>
    public int SymbolFor(int codePoint)
    {
        int id = (int)_ids.Find((ulong)codePoint);
        if (id >= 0)
            return id;
        id = _size + _virtual.Count;
        _virtual.Add(codePoint);
        _ids.TryAdd((ulong)codePoint, id);
        return id;
    }

    public int Most(ReadOnlySpan<char> word) => word.Length;

    public int Read(ReadOnlySpan<char> word, Span<int> symbols)
    {
        int count = 0;
        for (int i = 0; i < word.Length;)
        {
            Rune.DecodeFromUtf16(word[i..], out Rune rune, out int used);
            int id = Tokens is null
                ? (int)_ids.Find((ulong)rune.Value)
                : Affixed(word.Slice(i, used), first: i == 0, last: i + used == word.Length);
            symbols[count++] = id >= 0 ? id : Foreign + rune.Value;
            i += used;
        }
        return count;
    }

    public void Write(ReadOnlySpan<int> symbols, TokenIds ids)
    {
        bool afterUnknown = false;
        foreach (int symbol in symbols)
        {
            bool unknown = false;
            if (symbol < _size)
            {
                ids.Add(symbol);
            }
            else if (_fallback is not null)
            {
                AddBytes(symbol >= Foreign ? symbol - Foreign : _virtual[symbol - _size], ids);
            }
            else
            {
                unknown = _unknown >= 0;
                if (unknown && !(_fuse && afterUnknown))
                    ids.Add(_unknown);
            }
            afterUnknown = unknown;
        }
    }

    public bool TryWholeWord(ReadOnlySpan<char> word, Dictionary<string, int> words, EncodeScratch scratch, out int id) =>
        words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(word, out id);

    private void AddBytes(int codePoint, TokenIds ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (byte value in utf8[..new Rune(codePoint).EncodeToUtf8(utf8)])
            ids.Add(_fallback![value]);
    }

    private int Affixed(ReadOnlySpan<char> one, bool first, bool last) =>
        Tokens!.TryGetValue($"{(first ? "" : ContinuingPrefix)}{one}{(last ? EndSuffix : "")}", out int id) ? id : -1;
}
