using System.Text;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The distinct words of a corpus as symbols, with the count of each pair of neighbours and the words it is in. A merge
/// touches only the words with its pair. The heap holds counts as they were when they last changed: one that is out of date
/// is put back with what it is now.
/// </summary>
internal sealed class PairCorpus
{
    private readonly List<int>[] _words;
    private readonly IReadOnlyList<long> _counts;
    private readonly IReadOnlyList<byte[]> _tokens;
    private readonly Dictionary<(int Left, int Right), long> _pairs = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _places = [];
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> _heap;

    /// <param name="words">Words with their places.</param>
    /// <param name="counts">By place.</param>
    /// <param name="tokens">The bytes of each symbol; the first 256 are the bytes.</param>
    public PairCorpus(IReadOnlyDictionary<string, int> words, IReadOnlyList<long> counts, IReadOnlyList<byte[]> tokens)
    {
        (_counts, _tokens) = (counts, tokens);
        _heap = new(Comparer<(long, int, int)>.Create(Compare));
        _words = new List<int>[counts.Count];
        foreach ((string word, int place) in words)
        {
            _words[place] = [.. Encoding.UTF8.GetBytes(word).Select(b => (int)b)];
            Count(place, sign: 1, changed: null);
        }
        foreach (((int left, int right) pair, long count) in _pairs)
            _heap.Enqueue(pair, (count, pair.left, pair.right));
    }

    /// <summary>The pair to merge next, or false where none is frequent enough.</summary>
    public bool TryTakeBest(long minimum, out int left, out int right)
    {
        while (_heap.TryDequeue(out (int Left, int Right) pair, out (long Count, int, int) then))
        {
            long now = _pairs.GetValueOrDefault(pair);
            if (now == then.Count && now >= Math.Max(1, minimum))
            {
                (left, right) = pair;
                return true;
            }
            if (now < then.Count && now > 0)
                _heap.Enqueue(pair, (now, pair.Left, pair.Right));
        }
        (left, right) = (0, 0);
        return false;
    }

    public void Merge(int left, int right, int joined)
    {
        if (!_places.Remove((left, right), out HashSet<int>? places))
            return;
        var changed = new HashSet<(int, int)>();
        foreach (int place in places)
        {
            Count(place, sign: -1, changed: null);
            Join(_words[place], left, right, joined);
            Count(place, sign: 1, changed);
        }
        _pairs.Remove((left, right));
        foreach ((int Left, int Right) pair in changed)
            _heap.Enqueue(pair, (_pairs[pair], pair.Left, pair.Right));
    }

    private static void Join(List<int> word, int left, int right, int joined)
    {
        int kept = 0;
        for (int i = 0; i < word.Count; i++)
        {
            bool pair = word[i] == left && i + 1 < word.Count && word[i + 1] == right;
            word[kept++] = pair ? joined : word[i];
            i += pair ? 1 : 0;
        }
        word.RemoveRange(kept, word.Count - kept);
    }

    private void Count(int place, int sign, HashSet<(int, int)>? changed)
    {
        List<int> word = _words[place];
        for (int i = 0; i + 1 < word.Count; i++)
        {
            (int, int) pair = (word[i], word[i + 1]);
            _pairs[pair] = _pairs.GetValueOrDefault(pair) + sign * _counts[place];
            if (sign < 0)
                continue;
            if (!_places.TryGetValue(pair, out HashSet<int>? places))
                _places[pair] = places = [];
            places.Add(place);
            changed?.Add(pair);
        }
    }

    // The heap gives the least first, so what goes first is less.
    private int Compare((long Count, int Left, int Right) a, (long Count, int Left, int Right) b)
    {
        int order = b.Count.CompareTo(a.Count);
        if (order == 0)
            order = _tokens[b.Left].AsSpan().SequenceCompareTo(_tokens[a.Left]);
        return order != 0 ? order : _tokens[b.Right].AsSpan().SequenceCompareTo(_tokens[a.Right]);
    }
}
