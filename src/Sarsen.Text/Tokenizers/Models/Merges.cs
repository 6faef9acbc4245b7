using System.Runtime.CompilerServices;

namespace Sarsen.Text.Tokenizers.Models;

/// <summary>Which two tokens join, how early, and to which.</summary>
internal sealed class Merges(int expected)
{
    private const int None = int.MaxValue;

    private readonly KeyTable _table = new(expected);

    public int Count => _table.Count;

    /// <param name="left">The left token.</param>
    /// <param name="right">The right one.</param>
    /// <param name="rank">Lower ones join first; of equals the leftmost. At least 0.</param>
    /// <param name="joined">What they become.</param>
    /// <returns>False where the two join already.</returns>
    public bool TryAdd(int left, int right, int rank, int joined) => _table.TryAdd(Key(left, right), ((long)rank << 32) | (uint)joined);

    /// <summary>The rank of a pair, or <see cref="int.MaxValue"/> where it does not join.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Rank(int left, int right, out int joined)
    {
        long found = _table.Find(Key(left, right));
        joined = (int)found;
        return found < 0 ? None : (int)(found >> 32);
    }

    /// <summary>
    /// Joins pairs until none does, the lowest rank first, of equals the leftmost: the plain way, which looks through all
    /// pairs for each. The best for short words, quadratic for long ones.
    /// </summary>
    /// <returns>How many symbols are left.</returns>
    public int ApplyPlain(Span<int> symbols, Span<int> ranks)
    {
        int count = symbols.Length;
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = Rank(symbols[i], symbols[i + 1], out _);
        while (count > 1)
        {
            int best = ranks[..(count - 1)].IndexOf(Least(ranks[..(count - 1)]));
            if (ranks[best] == None)
                break;
            Rank(symbols[best], symbols[best + 1], out symbols[best]);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            if (best + 2 < count)
                ranks[(best + 1)..(count - 1)].CopyTo(ranks[best..]);
            count--;
            if (best > 0)
                ranks[best - 1] = Rank(symbols[best - 1], symbols[best], out _);
            if (best + 1 < count)
                ranks[best] = Rank(symbols[best], symbols[best + 1], out _);
        }
        return count;
    }

    /// <summary>The same by a heap of pairs over a linked list: n log n for n symbols.</summary>
    public int ApplyByHeap(Span<int> symbols, MergeHeap heap)
    {
        heap.Start(symbols.Length);
        Span<int> next = heap.Next, previous = heap.Previous;
        for (int i = 0; i + 1 < symbols.Length; i++)
            Push(symbols, heap, i, i + 1);
        while (heap.TryPop(out int rank, out int left))
        {
            // A pair that changed since is known by its rank: that of the pair which now begins here is another.
            int right = next[left];
            if (symbols[left] < 0 || right >= symbols.Length || Rank(symbols[left], symbols[right], out int joined) != rank)
                continue;
            symbols[left] = joined;
            symbols[right] = -1;
            next[left] = next[right];
            if (next[left] < symbols.Length)
            {
                previous[next[left]] = left;
                Push(symbols, heap, left, next[left]);
            }
            if (previous[left] >= 0)
                Push(symbols, heap, previous[left], left);
        }
        int count = 0;
        foreach (int symbol in symbols)
        {
            if (symbol >= 0)
                symbols[count++] = symbol;
        }
        return count;
    }

    private void Push(Span<int> symbols, MergeHeap heap, int left, int right)
    {
        int rank = Rank(symbols[left], symbols[right], out _);
        if (rank != None)
            heap.Push(rank, left);
    }

    private static int Least(ReadOnlySpan<int> ranks)
    {
        int least = ranks[0];
        foreach (int rank in ranks)
            least = Math.Min(least, rank);
        return least;
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;
}
