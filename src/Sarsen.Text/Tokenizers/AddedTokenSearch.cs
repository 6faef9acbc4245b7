using System.Buffers;

namespace Sarsen.Text.Tokenizers;

/// <summary>Finds added tokens in a text: the leftmost, of those the longest.</summary>
internal sealed class AddedTokenSearch
{
    private readonly AddedToken[] _tokens;
    private readonly CharTrie _trie = new();
    private readonly SearchValues<char> _firsts;

    /// <param name="tokens">The tokens, and how each is spelt in the text that is searched.</param>
    public AddedTokenSearch(IEnumerable<(AddedToken Token, string Spelling)> tokens)
    {
        (AddedToken Token, string Spelling)[] spelt = [.. tokens.Where(t => t.Spelling.Length > 0)];
        _tokens = [.. spelt.Select(t => t.Token)];
        for (int i = 0; i < spelt.Length; i++)
            _trie.TryAdd(spelt[i].Spelling, i);
        _firsts = SearchValues.Create([.. spelt.Select(t => t.Spelling[0]).Distinct()]);
    }

    public bool IsEmpty => _tokens.Length == 0;

    /// <param name="text">The text.</param>
    /// <param name="from">Where the search begins; what is before belongs to others.</param>
    /// <param name="start">Where the token begins, with the white space that belongs to it.</param>
    /// <param name="end">Where it ends, with the white space that belongs to it.</param>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        (start, end) = (text.Length, text.Length);
        for (int at = from; at < text.Length;)
        {
            int first = text[at..].IndexOfAny(_firsts);
            if (first < 0)
                break;
            at += first;
            int found = _trie.Longest(text[at..], out int length);
            if (found >= 0 && (!_tokens[found].WholeWord || StandsAlone(text, at, at + length)))
            {
                AddedToken token = _tokens[found];
                (start, end) = (at, at + length);
                while (token.TrimLeft && start > from && char.IsWhiteSpace(text[start - 1]))
                    start--;
                while (token.TrimRight && end < text.Length && char.IsWhiteSpace(text[end]))
                    end++;
                return token;
            }
            at += Math.Max(1, found >= 0 ? length : 1);
        }
        return null;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        (start == 0 || !IsWord(text[start - 1])) && (end == text.Length || !IsWord(text[end]));

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';
}
