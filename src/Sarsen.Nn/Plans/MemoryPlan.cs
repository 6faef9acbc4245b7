namespace Sarsen.Nn.Plans;

/// <param name="Bytes">How many, zero or more.</param>
/// <param name="First">The first step in which they are in use.</param>
/// <param name="Last">The last one.</param>
internal readonly record struct MemoryUse(long Bytes, int First, int Last);

/// <summary>
/// Places for blocks that are each in use for some steps, so that none overlaps another of the same time: the largest
/// first, each as low as it fits between those that it meets (Pisarchyk and Lee, «Efficient Memory Management for Deep
/// Neural Net Inference», 2020: greedy by size). At most the sum of all, and mostly the most that is in use at once.
/// </summary>
internal static class MemoryPlan
{
    /// <summary>A cache line, and the widest vector.</summary>
    public const long Alignment = 64;

    /// <returns>The offset of each block, in bytes, and the bytes of all together.</returns>
    public static (long[] Offsets, long Bytes) Of(IReadOnlyList<MemoryUse> uses)
    {
        long[] offsets = new long[uses.Count];
        var placed = new List<int>(uses.Count);
        long total = 0;
        foreach (int i in Enumerable.Range(0, uses.Count).OrderByDescending(i => uses[i].Bytes).ThenBy(i => uses[i].First))
        {
            long bytes = RoundUp(uses[i].Bytes);
            long at = 0;
            // In the order of their places: the first gap that is wide enough.
            foreach (int other in placed)
            {
                if (uses[other].Last < uses[i].First || uses[i].Last < uses[other].First)
                    continue;
                if (offsets[other] - at >= bytes)
                    break;
                at = Math.Max(at, offsets[other] + RoundUp(uses[other].Bytes));
            }
            offsets[i] = at;
            total = Math.Max(total, at + bytes);
            int place = placed.FindIndex(p => offsets[p] > at);
            placed.Insert(place < 0 ? placed.Count : place, i);
        }
        return (offsets, total);
    }

    public static long RoundUp(long bytes) => (bytes + Alignment - 1) & ~(Alignment - 1);
}
