namespace Sarsen.Text.Grammars;

/// <summary>A set of Unicode scalars as ascending ranges that neither touch nor overlap. Surrogates are never in it.</summary>
internal sealed class ScalarSet
{
    private const int Last = 0x10FFFF, FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    public ScalarSet(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.SelectMany(WithoutSurrogates).OrderBy(r => r.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(last, merged[^1].Last));
            else
                merged.Add((first, last));
        }
        Ranges = merged;
    }

    public static ScalarSet All { get; } = new([(0, Last)]);

    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    public static ScalarSet Of(string scalars) => new(scalars.EnumerateRunes().Select(r => (r.Value, r.Value)));

    public bool Contains(int scalar) => Ranges.Any(r => r.First <= scalar && scalar <= r.Last);

    public ScalarSet Complement()
    {
        var gaps = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next)
                gaps.Add((next, first - 1));
            next = last + 1;
        }
        if (next <= Last)
            gaps.Add((next, Last));
        return new ScalarSet(gaps);
    }

    public ScalarSet Union(ScalarSet other) => new(Ranges.Concat(other.Ranges));

    public ScalarSet Except(ScalarSet other) => Complement().Union(other).Complement();

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        if (range.First < FirstSurrogate && range.First <= range.Last)
            yield return (range.First, Math.Min(range.Last, FirstSurrogate - 1));
        if (range.Last > LastSurrogate)
            yield return (Math.Max(range.First, LastSurrogate + 1), Math.Min(range.Last, Last));
    }
}

file static class Runes
{
    public static IEnumerable<T> Select<T>(this System.Text.StringRuneEnumerator runes, Func<System.Text.Rune, T> map)
    {
        foreach (System.Text.Rune rune in runes)
            yield return map(rune);
    }
}
