namespace Sarsen.Text.Grammars;

/// <summary>States to return to, innermost first. Shared among all readings that have the same ones.</summary>
internal sealed class CallStack(int back, CallStack? outer)
{
    /// <summary>Below everything when a state is looked at by itself: what it returns to is not known.</summary>
    public static CallStack Unknown { get; } = new(-1, null);

    public int Return => back;

    public CallStack? Outer => outer;

    public int Depth { get; } = (outer?.Depth ?? 0) + 1;

    /// <summary>Where one is after the return; found on first use.</summary>
    public Readings? Returned { get; set; }
}

/// <summary>One way to read the text so far: a state that reads bytes, and where its rules return to.</summary>
internal readonly record struct Reading(int State, CallStack? Stack);

/// <summary>All ways to read the text so far. What comes after each byte is found once and kept.</summary>
internal sealed class Readings(Reading[] items, bool ends, bool returns)
{
    private readonly Readings?[] _after = new Readings?[256];

    public Reading[] Items => items;

    /// <summary>Whether the text may end here.</summary>
    public bool Ends => ends;

    /// <summary>Whether the state that was looked at by itself may return here, to what is not known.</summary>
    public bool Returns => returns;

    /// <summary>Whether nothing that was read so far can be part of a text.</summary>
    public bool IsDead => items.Length == 0 && !ends && !returns;

    public Readings? Known(byte b) => Volatile.Read(ref _after[b]);

    public void Keep(byte b, Readings after) => Volatile.Write(ref _after[b], after);
}
