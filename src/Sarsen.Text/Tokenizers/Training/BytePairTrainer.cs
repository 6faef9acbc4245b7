using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Learns byte-level BPE: starting from bytes, the pair of neighbours that is most frequent within words becomes a token,
/// until there are enough; of equally frequent pairs the one whose bytes sort last, left part first. The same corpus in the
/// same order gives the same file. Memory grows with the distinct words of the corpus, not with its length.
/// Source: Sennrich, Haddow and Birch 2016, algorithm 1; the order of equals is that of Stanford's CS336.
/// </summary>
public sealed class BytePairTrainer
{
    private const int Bytes = 256;

    private readonly BytePairTrainerOptions _options;
    private readonly PreTokenizer _preTokenizer;
    private readonly AddedTokenSearch _special;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<long> _counts = [];
    private readonly Pieces _pieces = new();

    /// <exception cref="ArgumentOutOfRangeException">The vocabulary has no room for the bytes and the special tokens, or is beyond 2^22.</exception>
    /// <exception cref="Sarsen.Formats.ModelFormatException">The pattern is none.</exception>
    public BytePairTrainer(BytePairTrainerOptions options)
    {
        int least = Bytes + options.SpecialTokens.Count;
        if (options.VocabularySize < least || options.VocabularySize > TokenTable.MaxSize)
            throw new ArgumentOutOfRangeException(nameof(options), options.VocabularySize, $"a vocabulary of {least} (256 bytes and the special tokens) to {TokenTable.MaxSize} tokens is expected");
        _options = options;
        _preTokenizer = Patterns.Split(options.Pattern, SplitBehavior.Isolated, invert: false, "the trainer's options");
        _special = new AddedTokenSearch(options.SpecialTokens.Select((text, id) => (new AddedToken(id, text, Special: true), text)));
    }

    /// <summary>Distinct words so far: what the memory of this grows with.</summary>
    public int Distinct => _places.Count;

    /// <summary>Counts the words of a text; words do not reach over the ends of what is given at once.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        int from = 0;
        while (!_special.IsEmpty && _special.Find(text, from, out int start, out int end) is not null)
        {
            AddWords(text[from..start]);
            from = end;
        }
        AddWords(text[from..]);
    }

    /// <summary>The tokens and merges that the counted words give.</summary>
    public TrainedBytePairs Train()
    {
        var merges = new List<(int Left, int Right)>();
        var tokens = new List<byte[]>(Enumerable.Range(0, Bytes).Select(b => new[] { (byte)b }));
        var corpus = new PairCorpus(_places, _counts, tokens);
        int room = _options.VocabularySize - Bytes - _options.SpecialTokens.Count;
        while (merges.Count < room && corpus.TryTakeBest(_options.MinimumCount, out int left, out int right))
        {
            merges.Add((left, right));
            tokens.Add([.. tokens[left], .. tokens[right]]);
            corpus.Merge(left, right, tokens.Count - 1);
        }
        return new TrainedBytePairs(_options, tokens, merges);
    }

    private void AddWords(ReadOnlySpan<char> text)
    {
        _pieces.Set(text, atBeginning: false);
        _preTokenizer.Apply(_pieces);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> places = _places.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int p = 0; p < _pieces.Count; p++)
        {
            if (places.TryGetValue(_pieces.Of(p), out int place))
            {
                _counts[place]++;
                continue;
            }
            places[_pieces.Of(p)] = _counts.Count;
            _counts.Add(1);
        }
    }
}
