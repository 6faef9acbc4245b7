namespace Sarsen.Text.Grammars;

/// <summary>States to return to, innermost first. Shared among all readings of one era that have the same ones.</summary>
/// <param name="back">The state to return to.</param>
/// <param name="outer">Where the rule returns to that the return lies in; null where its end is the text's.</param>
/// <param name="era">How often the table had begun anew when it was made.</param>
internal sealed class CallStack(int back, CallStack? outer, int era)
{
    /// <summary>Below everything when a state is looked at by itself: what it returns to is not known.</summary>
    public static CallStack Unknown { get; } = new(-1, null, -1);

    public int Return => back;

    public CallStack? Outer => outer;

    public int Era => era;

    public int Depth { get; } = (outer?.Depth ?? 0) + 1;

    /// <summary>Where one is after the return; found on first use.</summary>
    public Readings? Returned { get; set; }
}

/// <summary>One way to read the text so far: a state that reads bytes, and where its rules return to.</summary>
internal readonly record struct Reading(int State, CallStack? Stack);

/// <summary>All ways to read the text so far. What comes after each byte is found once, and kept while the table has room.</summary>
internal sealed class Readings(Reading[] items, bool ends, bool returns)
{
    private Readings?[]? _after;

    public Reading[] Items => items;

    /// <summary>Whether the text may end here.</summary>
    public bool Ends => ends;

    /// <summary>Whether the state that was looked at by itself may return here, to what is not known.</summary>
    public bool Returns => returns;

    /// <summary>Whether nothing that was read so far can be part of a text.</summary>
    public bool IsDead => items.Length == 0 && !ends && !returns;

    public Readings? Known(byte b) => Volatile.Read(ref _after) is { } after ? Volatile.Read(ref after[b]) : null;

    /// <summary>Keeps what comes after a byte. For one thread at a time.</summary>
    /// <returns>Whether it is the first that is kept here, which takes room for all.</returns>
    public bool Keep(byte b, Readings after)
    {
        bool first = _after is null;
        Readings?[] all = _after ?? new Readings?[256];
        Volatile.Write(ref all[b], after);
        Volatile.Write(ref _after, all);
        return first;
    }

    /// <summary>Keeps nothing any more. For one thread at a time, while others may read.</summary>
    public void Forget() => Volatile.Write(ref _after, null);
}
