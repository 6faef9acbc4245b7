using System.Text;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>
/// The most probable segmentation under independent tokens: the path of the largest sum of log-probabilities, by dynamic
/// programming over the places of a word. A character that no token begins with costs ten less than the worst token; of
/// equal paths the one through the earliest start wins. Sums are f32 in SentencePiece and f64 in the library of tokenizer.json,
/// and paths that are almost equal tell the difference. Source: Kudo 2018, section 3.2; <c>unigram_model.cc</c> of
/// google/sentencepiece, <c>EncodeOptimized</c>.
/// </summary>
internal sealed class UnigramModel : CachedModel
{
    private const double UnknownPenalty = 10;

    private readonly CharTrie _trie = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly bool _single;
    private readonly int _unknown;
    private readonly int[]? _fallback;

    /// <param name="tokens">The tokens that text is cut into, with their ids.</param>
    /// <param name="scores">Log-probabilities by id.</param>
    /// <param name="worst">The least score of a normal token.</param>
    /// <param name="unknown">The unknown token; several in a row are one.</param>
    /// <param name="fallback">The tokens of bytes, which then stand for unknown characters; or null.</param>
    /// <param name="single">Sums are f32.</param>
    public UnigramModel(IEnumerable<(string Text, int Id)> tokens, double[] scores, double worst, int unknown, int[]? fallback, bool single)
    {
        (_scores, _unknown, _fallback, _single) = (scores, unknown, fallback, single);
        _unknownScore = single ? (float)(worst - UnknownPenalty) : worst - UnknownPenalty;
        foreach ((string text, int id) in tokens.Where(t => t.Text.Length > 0))
            _trie.TryAdd(text, id);
    }

    protected override void Cut(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids)
    {
        // Of each place: the best sum, and the token that ends there and where it starts. The start of none is -1.
        Span<double> best = scratch.Scores(word.Length + 1);
        Span<int> start = scratch.Ranks(word.Length + 1);
        Span<int> token = scratch.Symbols(word.Length + 1);
        start.Fill(-1);
        best[0] = 0;
        for (int at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word[at..], out _, out int charLength);
            bool single = false;
            int node = CharTrie.Root;
            for (int end = at; end < word.Length && (node = _trie.Step(node, word[end])) >= 0;)
            {
                end++;
                int id = _trie.ValueAt(node);
                if (id < 0)
                    continue;
                Offer(best, start, token, at, end, id, _scores[id]);
                single |= end == at + charLength;
            }
            if (!single)
                Offer(best, start, token, at, at + charLength, _unknown, _unknownScore);
            at += charLength;
        }
        Collect(word, start, token, ids);
    }

    private void Offer(Span<double> best, Span<int> start, Span<int> token, int at, int end, int id, double score)
    {
        double sum = _single ? (float)(best[at] + score) : best[at] + score;
        if (start[end] < 0 || sum > best[end])
            (best[end], start[end], token[end]) = (sum, at, id);
    }

    private void Collect(ReadOnlySpan<char> word, Span<int> start, Span<int> token, TokenIds ids)
    {
        // The path is known from its end: the links are turned round, so that it can be walked from its beginning.
        int next = -1;
        for (int end = word.Length; end >= 0;)
        {
            int from = end == 0 ? -1 : start[end];
            start[end] = next;
            (next, end) = (end, from);
        }
        bool afterUnknown = false;
        for (int at = 0; start[at] >= 0; at = start[at])
        {
            int id = token[start[at]];
            bool unknown = id == _unknown;
            if (unknown && _fallback is not null)
                AddBytes(word[at..start[at]], ids);
            else if (!unknown || !afterUnknown)
                ids.Add(id);
            afterUnknown = unknown;
        }
    }

    private void AddBytes(ReadOnlySpan<char> text, TokenIds ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            foreach (byte value in utf8[..rune.EncodeToUtf8(utf8)])
                ids.Add(_fallback![value]);
        }
    }
}
