namespace Sarsen.Serving.Statistics;

/// <summary>How often something happened and how long it took in all. Any thread may add.</summary>
public sealed class Timing
{
    private long _count;
    private long _ticks;

    public long Count => Interlocked.Read(ref _count);

    public TimeSpan Total => new(Interlocked.Read(ref _ticks));

    public void Add(TimeSpan elapsed, long times = 1)
    {
        Interlocked.Add(ref _ticks, elapsed.Ticks);
        Interlocked.Add(ref _count, times);
    }

    public void Add(Timing other) => Add(other.Total, other.Count);
}
