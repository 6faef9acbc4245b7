namespace Sarsen.Data.Statistics;

/// <summary>
/// Count, range, mean and sum of squared deviations in one pass, in f64:
/// <c>d = x − mean, mean += d / n, m2 += d·(x − mean)</c>.
/// Source: Welford, «Note on a method for calculating corrected sums of squares and products», Technometrics 1962.
/// </summary>
internal struct RunningMoments()
{
    private double _m2;

    public long Count { get; private set; }

    public double Min { get; private set; } = double.PositiveInfinity;

    public double Max { get; private set; } = double.NegativeInfinity;

    public double Mean { get; private set; }

    /// <summary>Of the sample: divided by n − 1. Null for fewer than two values.</summary>
    public readonly double? StandardDeviation => Count > 1 ? Math.Sqrt(_m2 / (Count - 1)) : null;

    /// <param name="value">A finite one.</param>
    public void Add(double value)
    {
        Count++;
        double distance = value - Mean;
        Mean += distance / Count;
        _m2 += distance * (value - Mean);
        if (value < Min)
            Min = value;
        if (value > Max)
            Max = value;
    }

    /// <summary>
    /// Adds many at once: another's moments, as if its values had come one by one. Source: Chan, Golub, LeVeque,
    /// «Updating formulae and a pairwise algorithm for computing sample variances», 1979.
    /// </summary>
    public void Add(in RunningMoments other)
    {
        if (other.Count == 0)
            return;
        double distance = other.Mean - Mean;
        long count = Count + other.Count;
        Mean += distance * other.Count / count;
        _m2 += other._m2 + distance * distance * Count / count * other.Count;
        Count = count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
    }

    /// <summary>The moments of one value that occurs <paramref name="count"/> times.</summary>
    public static RunningMoments Of(double value, long count) => new() { Count = count, Mean = value, Min = value, Max = value };
}
