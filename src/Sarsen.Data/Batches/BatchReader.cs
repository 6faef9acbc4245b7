namespace Sarsen.Data.Batches;

/// <summary>
/// Reads a set in batches, ahead of its consumer, on a thread of its own. Buffers are allocated once; an epoch allocates
/// nothing. For one consumer at a time. An error of the reading thread is thrown by <see cref="Next"/>.
/// </summary>
/// <example><c>reader.Begin(epoch, position); while (reader.Next() is { } batch) { … }</c></example>
public sealed class BatchReader : IDisposable
{
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public BatchReader(SampleSet samples, BatchOptions options, CancellationToken stop = default)
    {
        (Samples, Options, _) = (samples, options, stop);
    }

    public SampleSet Samples { get; }

    public BatchOptions Options { get; }

    /// <summary>Batches of a whole epoch.</summary>
    public long BatchesPerEpoch => throw new NotImplementedException();

    /// <summary>Goes to a place: batches that were read ahead are forgotten. The same place gives the same batches.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="position">Samples of this epoch that are already done.</param>
    public void Begin(long epoch, long position = 0) => throw new NotImplementedException();

    /// <summary>The next batch of the epoch, or null at its end. The batch before it must no longer be used.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Batch? Next() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
