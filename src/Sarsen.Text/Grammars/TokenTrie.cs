namespace Sarsen.Text.Grammars;

/// <summary>
/// The tokens of a vocabulary as a tree of their bytes, laid out in the order of a walk: after a node come its children,
/// and where the walk turns back it jumps over the rest. One for each vocabulary; immutable, shared by all grammars.
/// </summary>
public sealed class TokenTrie
{
    private readonly int[] _tokens;

    // The tokens that end at node i are _tokens[_first[i].._first[i + 1]].
    private readonly int[] _first;

    private TokenTrie(ITokenBytes vocabulary, byte[] label, int[] end, int[] depth, int[] first, int[] tokens, int deepest)
    {
        (Count, EndTokens) = (vocabulary.Count, [.. vocabulary.EndTokens]);
        (Label, End, Depth, _first, _tokens, Deepest) = (label, end, depth, first, tokens, deepest);
    }

    /// <summary>Token ids are below this.</summary>
    public int Count { get; }

    /// <summary>64-bit words of a mask with a bit for each token.</summary>
    public int MaskWords => (Count + 63) / 64;

    internal int[] EndTokens { get; }

    /// <summary>The byte that leads to a node. Node 0 is the root.</summary>
    internal byte[] Label { get; }

    /// <summary>The node after a node's last descendant.</summary>
    internal int[] End { get; }

    internal int[] Depth { get; }

    internal int Deepest { get; }

    /// <exception cref="ArgumentException">There are no tokens, or an end token is none.</exception>
    public static TokenTrie Build(ITokenBytes vocabulary)
    {
        int count = vocabulary.Count;
        if (count <= 0 || vocabulary.EndTokens.Any(t => t < 0 || t >= count))
            throw new ArgumentException($"a vocabulary needs tokens, and its end tokens must be below its {count} tokens", nameof(vocabulary));
        var ends = new HashSet<int>(vocabulary.EndTokens);
        int[] order = [.. Enumerable.Range(0, count).Where(t => !ends.Contains(t) && !vocabulary.Bytes(t).IsEmpty)];
        Array.Sort(order, (a, b) => vocabulary.Bytes(a).Span.SequenceCompareTo(vocabulary.Bytes(b).Span) is var c && c != 0 ? c : a.CompareTo(b));

        var label = new List<byte> { 0 };
        var depth = new List<int> { 0 };
        var first = new List<int> { 0 };
        var path = new List<int> { 0 };
        var end = new List<int> { 0 };
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<byte> bytes = vocabulary.Bytes(order[i]).Span;
            int shared = i == 0 ? 0 : bytes.CommonPrefixLength(vocabulary.Bytes(order[i - 1]).Span);
            while (path.Count > shared + 1)
            {
                end[path[^1]] = label.Count;
                path.RemoveAt(path.Count - 1);
            }
            for (int at = shared; at < bytes.Length; at++)
            {
                path.Add(label.Count);
                label.Add(bytes[at]);
                depth.Add(at + 1);
                first.Add(i);
                end.Add(0);
            }
        }
        foreach (int node in path)
            end[node] = label.Count;
        first.Add(order.Length);
        return new TokenTrie(vocabulary, [.. label], [.. end], [.. depth], [.. first], order, depth.Max());
    }

    /// <summary>The tokens that end at a node.</summary>
    internal ReadOnlySpan<int> TokensAt(int node) => _tokens.AsSpan(_first[node].._first[node + 1]);
}
