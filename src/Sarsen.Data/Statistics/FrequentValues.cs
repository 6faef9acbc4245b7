namespace Sarsen.Data.Statistics;

/// <summary>
/// The most frequent of any number of values. Exact while there are at most <see cref="Capacity"/> different ones;
/// above that each count is too low by at most <see cref="Error"/>, and no value more frequent than that is missed.
/// Source: Misra, Gries, «Finding repeated elements», 1982, with the decrements gathered: when the table is full, its
/// median count is taken off all counts and half of the places become free.
/// </summary>
internal sealed class FrequentValues<T> where T : notnull
{
    public const int Capacity = 8192;

    private readonly Dictionary<T, long> _counts = [];

    public long Error { get; private set; }

    public void Add(T value)
    {
        ref long count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out bool known);
        count++;
        if (!known && _counts.Count > Capacity)
            Shrink();
    }

    /// <summary>The most frequent, by falling count; equal counts in the values' order.</summary>
    public IReadOnlyList<(T Value, long Count)> Top(int most, IComparer<T> order) =>
        [.. _counts.OrderByDescending(e => e.Value).ThenBy(e => e.Key, order).Take(most).Select(e => (e.Key, e.Value))];

    private void Shrink()
    {
        long[] sorted = [.. _counts.Values.Order()];
        long median = sorted[sorted.Length / 2];
        foreach ((T value, long count) in _counts.ToArray())
        {
            if (count <= median)
                _counts.Remove(value);
            else
                _counts[value] = count - median;
        }
        Error += median;
    }
}
