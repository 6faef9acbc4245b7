namespace Sarsen.Text.Grammars;

/// <summary>
/// A pushdown automaton over bytes: one deterministic automaton a rule, whose states read bytes, call rules and return to
/// a state of their own, or end the rule. A rule that calls no rule that leads back to it was taken into its callers.
/// </summary>
internal sealed class Automaton(State[] states, int start)
{
    public State[] States => states;

    public int Start => start;

    /// <summary>Bytes of the states: two headers, lists and their elements of 8 bytes each.</summary>
    public long Bytes { get; } = states.Sum(s => 96L + (8 * (s.Edges.Length + s.Calls.Length)));
}

/// <summary>A state of a rule.</summary>
/// <param name="Edges">Ascending ranges of bytes that do not overlap, each with the state after.</param>
/// <param name="Calls">The first state of a rule, and the state to return to.</param>
/// <param name="Ends">Whether the rule may end here.</param>
internal sealed record State((byte First, byte Last, int Target)[] Edges, (int Start, int Return)[] Calls, bool Ends)
{
    /// <summary>The state after a byte, -1 where there is none.</summary>
    public int After(byte b)
    {
        foreach ((byte first, byte last, int target) in Edges)
        {
            if (b <= last)
                return b >= first ? target : -1;
        }
        return -1;
    }
}
