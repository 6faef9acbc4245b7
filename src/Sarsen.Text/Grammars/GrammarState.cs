using System.Runtime.InteropServices;

namespace Sarsen.Text.Grammars;

/// <summary>Where a sequence is in its grammar. For one thread at a time. After warm-up, masks and tokens allocate nothing but room for the history.</summary>
public sealed class GrammarState
{
    private readonly TokenGrammar _grammar;
    private readonly Readings[] _path;

    // Readings before each accepted token.
    private readonly List<Readings> _history = [];
    private Readings _at;

    internal GrammarState(TokenGrammar grammar)
    {
        _grammar = grammar;
        _at = grammar.Grammar.Table.Start;
        _path = new Readings[grammar.Trie.Deepest + 1];
    }

    private GrammarState(GrammarState other)
    {
        _grammar = other._grammar;
        _at = other._at;
        _path = new Readings[other._path.Length];
        _history.AddRange(other._history);
    }

    /// <summary>Whether the text may end here.</summary>
    public bool CanEnd => _at.Ends;

    /// <summary>Whether nothing may follow: the text is complete.</summary>
    public bool MustEnd => _at.Items.Length == 0;

    /// <summary>Tokens accepted so far.</summary>
    public int Length => _history.Count;

    /// <summary>Goes on by the bytes of a token.</summary>
    /// <returns>False where the grammar does not allow them; the state is as before then.</returns>
    public bool Accept(ReadOnlySpan<byte> token)
    {
        ReadingTable table = _grammar.Grammar.Table;
        Readings at = _at;
        foreach (byte b in token)
        {
            at = table.After(at, b);
            if (at.IsDead)
                return false;
        }
        _history.Add(_at);
        _at = at;
        return true;
    }

    /// <summary>The tokens that may come next: bit t of word t / 64 is token t. End tokens are in it where the text may end.</summary>
    /// <param name="mask">At least <see cref="TokenTrie.MaskWords"/> words; all are written.</param>
    /// <exception cref="ArgumentException">The mask is too short.</exception>
    public void FillMask(Span<ulong> mask)
    {
        TokenTrie trie = _grammar.Trie;
        if (mask.Length < trie.MaskWords)
            throw new ArgumentException($"the mask has {mask.Length} words, {trie.MaskWords} are needed for {trie.Count} tokens", nameof(mask));
        mask.Clear();
        foreach (Reading reading in _at.Items)
            _grammar.Mask(reading.State)?.AddTo(_grammar.Grammar.Table, trie, reading.Stack, _path, mask);
        if (!_at.Ends)
            return;
        foreach (int token in trie.EndTokens)
            mask[token >> 6] |= 1UL << token;
    }

    /// <summary>Takes the last tokens back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not as many.</exception>
    public void Rollback(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, _history.Count);
        if (tokens == 0)
            return;
        _at = _history[^tokens];
        CollectionsMarshal.SetCount(_history, _history.Count - tokens);
    }

    /// <summary>A second state at the same place, which goes on by itself.</summary>
    public GrammarState Clone() => new(this);
}
