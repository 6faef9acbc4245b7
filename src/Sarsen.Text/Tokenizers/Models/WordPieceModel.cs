namespace Sarsen.Text.Tokenizers.Models;

/// <summary>
/// The longest token that a word begins with, then the longest that the rest does, among the tokens that continue words;
/// a word for which this gets stuck, or of too many characters, is the unknown token.
/// Source: <c>WordpieceTokenizer</c> of google-research/bert.
/// </summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly CharTrie _first = new(), _continuing = new();
    private readonly int _unknown, _longest;

    /// <param name="first">Tokens that begin words.</param>
    /// <param name="continuing">Tokens that continue words, without their mark.</param>
    /// <param name="unknown">The unknown token.</param>
    /// <param name="longest">Words of more characters than this are unknown.</param>
    public WordPieceModel(IEnumerable<(string Text, int Id)> first, IEnumerable<(string Text, int Id)> continuing, int unknown, int longest)
    {
        (_unknown, _longest) = (unknown, longest);
        foreach ((string text, int id) in first.Where(t => t.Text.Length > 0))
            _first.TryAdd(text, id);
        foreach ((string text, int id) in continuing.Where(t => t.Text.Length > 0))
            _continuing.TryAdd(text, id);
    }

    public override void Encode(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids)
    {
        int before = ids.Count;
        bool known = Characters(word) <= _longest;
        for (int at = 0; known && at < word.Length;)
        {
            int id = (at == 0 ? _first : _continuing).Longest(word[at..], out int length);
            known = id >= 0;
            if (known)
                ids.Add(id);
            at += length;
        }
        if (known)
            return;
        ids.Truncate(before);
        ids.Add(_unknown);
    }

    private static int Characters(ReadOnlySpan<char> word)
    {
        int count = 0;
        foreach (char c in word)
            count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
