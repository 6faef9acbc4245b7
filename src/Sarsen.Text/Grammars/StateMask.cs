namespace Sarsen.Text.Grammars;

/// <summary>
/// What is known of a state whatever it returns to: tokens that lead from it to somewhere within its rule, and where in
/// the tree of tokens its rule may end with bytes left, which only the stack can judge. Made once for each state.
/// Source: the split into context-independent and context-dependent tokens after Dong et al., XGrammar, MLSys 2025.
/// </summary>
internal sealed class StateMask
{
    // Below so many tokens a list is smaller and faster than a bit for each token.
    private const int MostListed = 512;

    private readonly int[]? _list;
    private readonly ulong[]? _bits;

    // Children of nodes where the rule may end, by their byte: those of byte b are _exits[_begin[b].._begin[b + 1]].
    private readonly int[] _exits = [];
    private readonly int[] _begin = [];
    private readonly byte[] _bytes = [];

    private StateMask(TokenTrie trie, List<int> tokens, List<int> exits)
    {
        if (tokens.Count <= MostListed)
        {
            _list = [.. tokens];
        }
        else
        {
            _bits = new ulong[trie.MaskWords];
            foreach (int token in tokens)
                _bits[token >> 6] |= 1UL << token;
        }
        if (exits.Count == 0)
            return;
        exits.Sort((a, b) => trie.Label[a] != trie.Label[b] ? trie.Label[a].CompareTo(trie.Label[b]) : a.CompareTo(b));
        _exits = [.. exits];
        _bytes = [.. exits.Select(e => trie.Label[e]).Distinct()];
        _begin = [.. _bytes.Select(b => exits.FindIndex(e => trie.Label[e] == b)), exits.Count];
    }

    /// <summary>Bytes of its lists and its own.</summary>
    public long Bytes => 160 + (4L * (_list?.Length ?? 0)) + (8L * (_bits?.Length ?? 0)) + (4L * (_exits.Length + _begin.Length)) + _bytes.Length;

    /// <summary>Whether it was asked for since this was last set to false.</summary>
    public bool IsUsed { get; set; } = true;

    public static StateMask Make(ReadingTable table, TokenTrie trie, int state)
    {
        var tokens = new List<int>();
        var exits = new List<int>();
        var path = new Readings[trie.Deepest + 1];
        path[0] = ReadingTable.Alone(state);
        for (int node = 1; node < trie.Label.Length;)
        {
            Readings after = table.After(path[trie.Depth[node] - 1], trie.Label[node]);
            if (after.IsDead)
            {
                node = trie.End[node];
                continue;
            }
            tokens.AddRange(trie.TokensAt(node));
            if (after.Returns)
            {
                for (int child = node + 1; child < trie.End[node]; child = trie.End[child])
                    exits.Add(child);
            }
            path[trie.Depth[node]] = after;
            node++;
        }
        return new StateMask(trie, tokens, exits);
    }

    /// <summary>Adds the tokens to a mask.</summary>
    /// <param name="table">Of the grammar.</param>
    /// <param name="trie">Of the vocabulary.</param>
    /// <param name="stack">What the state returns to; null where its rule's end is the text's.</param>
    /// <param name="path">Room for one element more than the longest token has bytes.</param>
    /// <param name="mask">A bit for each token.</param>
    public void AddTo(ReadingTable table, TokenTrie trie, CallStack? stack, Readings[] path, Span<ulong> mask)
    {
        if (_bits is not null)
        {
            for (int i = 0; i < _bits.Length; i++)
                mask[i] |= _bits[i];
        }
        else
        {
            foreach (int token in _list!)
                mask[token >> 6] |= 1UL << token;
        }
        if (stack is null || _exits.Length == 0)
            return;
        Readings returned = table.Returned(stack);
        for (int i = 0; i < _bytes.Length; i++)
        {
            Readings after = table.After(returned, _bytes[i]);
            if (after.IsDead)
                continue;
            for (int at = _begin[i]; at < _begin[i + 1]; at++)
                Walk(table, trie, _exits[at], after, path, mask);
        }
    }

    // The tokens at and below a node, when its byte was read already.
    private static void Walk(ReadingTable table, TokenTrie trie, int top, Readings after, Readings[] path, Span<ulong> mask)
    {
        path[trie.Depth[top]] = after;
        Add(trie, top, mask);
        int end = trie.End[top];
        for (int node = top + 1; node < end;)
        {
            Readings next = table.After(path[trie.Depth[node] - 1], trie.Label[node]);
            if (next.IsDead)
            {
                node = trie.End[node];
                continue;
            }
            path[trie.Depth[node]] = next;
            Add(trie, node, mask);
            node++;
        }
    }

    private static void Add(TokenTrie trie, int node, Span<ulong> mask)
    {
        foreach (int token in trie.TokensAt(node))
            mask[token >> 6] |= 1UL << token;
    }
}
