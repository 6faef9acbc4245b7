using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// Whole numbers by 64-bit keys: open addressing with linear probing in a power of two of slots, at most half of them
/// taken. Filled once, then read by any number of threads. Keys are below 2^64 - 1, values are not negative.
/// </summary>
internal sealed class KeyTable
{
    private const ulong Free = ulong.MaxValue;
    private const int SmallestBits = 4;

    private Slot[] _slots = [];
    private int _shift;

    public KeyTable(int expected = 0) =>
        Allocate(Math.Max(SmallestBits, BitOperations.Log2((uint)Math.Max(1, expected)) + 2));

    public int Count { get; private set; }

    /// <summary>False where the key is there already, which keeps its value.</summary>
    public bool TryAdd(ulong key, long value)
    {
        if (Count * 2 >= _slots.Length)
            Grow();
        ref Slot slot = ref Locate(key);
        if (slot.Key == key)
            return false;
        slot = new Slot(key, value);
        Count++;
        return true;
    }

    /// <summary>The value of a key, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Find(ulong key)
    {
        ref Slot slot = ref Locate(key);
        return slot.Key == key ? slot.Value : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Slot Locate(ulong key)
    {
        Slot[] slots = _slots;
        // Fibonacci hashing: the high bits of the product are the well mixed ones.
        for (int i = (int)((key * 0x9E3779B97F4A7C15UL) >> _shift); ; i++)
        {
            ref Slot slot = ref slots[i & (slots.Length - 1)];
            if (slot.Key == key || slot.Key == Free)
                return ref slot;
        }
    }

    private void Grow()
    {
        Slot[] old = _slots;
        Allocate(BitOperations.Log2((uint)old.Length) + 1);
        foreach (Slot slot in old)
        {
            if (slot.Key != Free)
                Locate(slot.Key) = slot;
        }
    }

    private void Allocate(int bits)
    {
        _slots = new Slot[1 << bits];
        Array.Fill(_slots, new Slot(Free, 0));
        _shift = 64 - bits;
    }

    private readonly record struct Slot(ulong Key, long Value);
}
