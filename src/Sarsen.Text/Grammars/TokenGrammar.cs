using System.Diagnostics;

namespace Sarsen.Text.Grammars;

/// <summary>
/// A grammar for one vocabulary: which tokens may come next. Masks of states are made once, before the first token within
/// a budget of time and else when they are needed, and shared by all sequences; those that were not used for long go where
/// <see cref="GrammarLimits.MaskBytes"/> are full. Safe for any number of threads.
/// </summary>
public sealed class TokenGrammar
{
    private readonly StateMask?[] _masks;

    // States with masks, around which a clock's hand goes: one that was used since its last round stays for another.
    private readonly Queue<int> _kept = new();
    private readonly Lock _lock = new();
    private long _maskBytes;

    /// <param name="grammar">The grammar.</param>
    /// <param name="trie">The vocabulary.</param>
    /// <param name="prepare">How long to make masks ahead; null for one second. A mask that is missing then costs about a millisecond when it is needed.</param>
    public TokenGrammar(Grammar grammar, TokenTrie trie, TimeSpan? prepare = null)
    {
        (Grammar, Trie) = (grammar, trie);
        _masks = new StateMask?[grammar.Table.Automaton.States.Length];
        TimeSpan budget = prepare ?? TimeSpan.FromSeconds(1);
        long begin = Stopwatch.GetTimestamp();
        for (int state = 0; state < _masks.Length && Stopwatch.GetElapsedTime(begin) < budget && MaskBytes < grammar.Limits.MaskBytes; state++)
            Mask(state);
    }

    public Grammar Grammar { get; }

    public TokenTrie Trie { get; }

    /// <summary>Bytes that it takes now, those of the grammar among them: it grows as texts are written, within the grammar's limits.</summary>
    public long Bytes => Grammar.Bytes + (8L * _masks.Length) + MaskBytes;

    internal long MaskBytes => Interlocked.Read(ref _maskBytes);

    /// <summary>Before the first token.</summary>
    public GrammarState Start() => new(this);

    internal StateMask? Mask(int state)
    {
        if (Grammar.Table.Automaton.States[state].Edges.Length == 0)
            return null;
        if (Volatile.Read(ref _masks[state]) is { } known)
        {
            known.IsUsed = true;
            return known;
        }
        return Keep(state, StateMask.Make(Grammar.Table, Trie, state));
    }

    private StateMask Keep(int state, StateMask made)
    {
        lock (_lock)
        {
            if (_masks[state] is { } other)
                return other;
            // One that leaves no room for another is made each time.
            if (made.Bytes > Grammar.Limits.MaskBytes)
                return made;
            while (_maskBytes + made.Bytes > Grammar.Limits.MaskBytes)
                DropOne();
            Volatile.Write(ref _masks[state], made);
            _kept.Enqueue(state);
            Interlocked.Add(ref _maskBytes, made.Bytes);
            return made;
        }
    }

    private void DropOne()
    {
        while (true)
        {
            int state = _kept.Dequeue();
            StateMask mask = _masks[state]!;
            if (!mask.IsUsed)
            {
                Volatile.Write(ref _masks[state], null);
                Interlocked.Add(ref _maskBytes, -mask.Bytes);
                return;
            }
            mask.IsUsed = false;
            _kept.Enqueue(state);
        }
    }
}
