namespace Sarsen.Serving.Batching;

/// <summary>How requests become batches.</summary>
public sealed record BatchingOptions
{
    /// <summary>Samples in a batch, at most; 1 to 65536. Larger costs waiting, and memory; the predictor's own limit is kept as well.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>
    /// How long a request waits for others, at most; 0 to 10 s, in whole milliseconds. It only waits while recent batches say
    /// that others are to be expected, so it may be some milliseconds without harm to a lone request.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Requests that wait on a replica, at most; 1 to 1,000,000. Beyond it they are refused at once: a longer queue only answers later.</summary>
    public int QueueSize { get; init; } = 1024;

    /// <summary>How long a request may take in all, waiting included; more than 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public void Validate()
    {
        Check(MaxBatch is >= 1 and <= 65536, nameof(MaxBatch), MaxBatch, "1 to 65536 samples");
        Check(MaxDelay >= TimeSpan.Zero && MaxDelay <= TimeSpan.FromSeconds(10), nameof(MaxDelay), MaxDelay, "0 to 10 seconds");
        Check(QueueSize is >= 1 and <= 1_000_000, nameof(QueueSize), QueueSize, "1 to 1000000 requests");
        Check(Timeout > TimeSpan.Zero && Timeout <= TimeSpan.FromDays(1), nameof(Timeout), Timeout, "more than 0, at most a day");
    }

    private static void Check(bool holds, string name, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}");
    }
}
