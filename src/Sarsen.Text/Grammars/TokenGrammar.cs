using System.Diagnostics;

namespace Sarsen.Text.Grammars;

/// <summary>
/// A grammar for one vocabulary: which tokens may come next. Masks of states are made once, before the first token within
/// a budget of time and else when they are needed, and shared by all sequences; safe for any number of threads.
/// </summary>
public sealed class TokenGrammar
{
    private readonly StateMask?[] _masks;

    /// <param name="grammar">The grammar.</param>
    /// <param name="trie">The vocabulary.</param>
    /// <param name="prepare">How long to make masks ahead; null for one second. A mask that is missing then costs about a millisecond when it is needed.</param>
    public TokenGrammar(Grammar grammar, TokenTrie trie, TimeSpan? prepare = null)
    {
        (Grammar, Trie) = (grammar, trie);
        _masks = new StateMask?[grammar.Table.Automaton.States.Length];
        TimeSpan budget = prepare ?? TimeSpan.FromSeconds(1);
        long begin = Stopwatch.GetTimestamp();
        for (int state = 0; state < _masks.Length && Stopwatch.GetElapsedTime(begin) < budget; state++)
            Mask(state);
    }

    public Grammar Grammar { get; }

    public TokenTrie Trie { get; }

    /// <summary>Before the first token.</summary>
    public GrammarState Start() => new(this);

    internal StateMask? Mask(int state)
    {
        if (Grammar.Table.Automaton.States[state].Edges.Length == 0)
            return null;
        return _masks[state] ??= StateMask.Make(Grammar.Table, Trie, state);
    }
}
