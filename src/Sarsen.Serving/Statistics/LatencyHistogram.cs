namespace Sarsen.Serving.Statistics;

/// <summary>
/// How long things took, in buckets of three decimal digits of a microsecond count: exact below a millisecond, within one
/// per cent above, up to <see cref="MaxMicroseconds"/>. So any limit of three digits or fewer falls between two buckets.
/// Recording is one interlocked addition; any number of threads may record and read.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Longer times are counted as this: 9,990 s.</summary>
    public const long MaxMicroseconds = 9_990_000_000;

    private const int Exact = 1000, PerDecade = 900;
    private readonly long[] _counts = new long[Exact + PerDecade * 7];
    private long _count;
    private long _microseconds;

    public long Count => Interlocked.Read(ref _count);

    public double TotalSeconds => Interlocked.Read(ref _microseconds) / 1e6;

    public void Record(TimeSpan elapsed)
    {
        long microseconds = Math.Clamp(elapsed.Ticks / TimeSpan.TicksPerMicrosecond, 0, MaxMicroseconds);
        Interlocked.Increment(ref _counts[BucketOf(microseconds)]);
        Interlocked.Add(ref _microseconds, microseconds);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The time that the fraction <paramref name="q"/> of the records does not exceed, in seconds; NaN without records.</summary>
    public double Quantile(double q)
    {
        long[] counts = Snapshot();
        long total = counts.Sum();
        if (total == 0)
            return double.NaN;
        // The nearest-rank definition: the smallest time with at least q of all records at or below it.
        long rank = Math.Clamp((long)Math.Ceiling(q * total), 1, total);
        long below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            if (below >= rank)
                return LowerBound(i) / 1e6;
        }
        return MaxMicroseconds / 1e6;
    }

    /// <summary>Records below each limit.</summary>
    /// <param name="limits">Ascending, in seconds, of at most three significant digits.</param>
    public long[] CumulativeCounts(ReadOnlySpan<double> limits)
    {
        long[] counts = Snapshot(), result = new long[limits.Length];
        long below = 0;
        int bucket = 0;
        for (int i = 0; i < limits.Length; i++)
        {
            int end = BucketOf(Math.Clamp((long)Math.Round(limits[i] * 1e6), 0, MaxMicroseconds));
            while (bucket < end)
                below += counts[bucket++];
            result[i] = below;
        }
        return result;
    }

    /// <summary>Adds what another has recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
            Interlocked.Add(ref _counts[i], Interlocked.Read(ref other._counts[i]));
        Interlocked.Add(ref _microseconds, Interlocked.Read(ref other._microseconds));
        Interlocked.Add(ref _count, other.Count);
    }

    private long[] Snapshot()
    {
        var counts = new long[_counts.Length];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = Interlocked.Read(ref _counts[i]);
        return counts;
    }

    private static int BucketOf(long microseconds)
    {
        int first = 0;
        while (microseconds >= Exact)
        {
            microseconds /= 10;
            first += PerDecade;
        }
        return first + (int)microseconds;
    }

    private static long LowerBound(int bucket)
    {
        long scale = 1;
        while (bucket >= Exact)
        {
            bucket -= PerDecade;
            scale *= 10;
        }
        return bucket * scale;
    }
}
