namespace Sarsen.Serving.Statistics;

/// <summary>What a replica has done since it was loaded, or several together. Any thread may add and read.</summary>
public sealed class ServingStatistics
{
    private long _rows, _rejected, _cancelled, _lastUnixMs;
    private readonly Timing[] _runsBySize;

    /// <param name="maxBatch">The largest batch, in rows.</param>
    public ServingStatistics(int maxBatch) =>
        _runsBySize = [.. Enumerable.Range(0, maxBatch + 1).Select(_ => new Timing())];

    /// <summary>Answered requests, from arrival in the queue to the answer.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Requests that failed in the predictor.</summary>
    public Timing Failed { get; } = new();

    /// <summary>Waiting in the queue, of requests.</summary>
    public Timing Queue { get; } = new();

    /// <summary>Copying requests into a batch, of batches.</summary>
    public Timing Gather { get; } = new();

    /// <summary>The predictor's work, of batches.</summary>
    public Timing Run { get; } = new();

    /// <summary>Copying the answers out of a batch, of batches.</summary>
    public Timing Scatter { get; } = new();

    /// <summary>The predictor's work by the number of rows in the batch.</summary>
    public IReadOnlyList<Timing> RunsBySize => _runsBySize;

    /// <summary>Requests answered.</summary>
    public long Requests => Latency.Count;

    /// <summary>Rows answered.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>Requests that a full queue refused.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Requests that were taken back or ran out of time.</summary>
    public long Cancelled => Interlocked.Read(ref _cancelled);

    /// <summary>When the last batch ended, in Unix milliseconds; 0 for never.</summary>
    public long LastUnixMs => Interlocked.Read(ref _lastUnixMs);

    /// <summary>Rows a batch; NaN before the first.</summary>
    public double MeanBatch
    {
        get
        {
            long rows = 0, runs = 0;
            for (int size = 0; size < _runsBySize.Length; size++)
            {
                long count = _runsBySize[size].Count;
                rows += count * size;
                runs += count;
            }
            return runs == 0 ? double.NaN : (double)rows / runs;
        }
    }

    /// <summary>Seconds a request, on average; NaN before the first.</summary>
    public double MeanSeconds => Requests == 0 ? double.NaN : Latency.TotalSeconds / Requests;

    internal void CountAnswer(TimeSpan latency, TimeSpan queued, int rows)
    {
        Latency.Record(latency);
        Queue.Add(queued);
        Interlocked.Add(ref _rows, rows);
    }

    internal void CountRun(int rows, TimeSpan gather, TimeSpan run, TimeSpan scatter, long unixMs)
    {
        Gather.Add(gather);
        Run.Add(run);
        Scatter.Add(scatter);
        _runsBySize[rows].Add(run);
        Interlocked.Exchange(ref _lastUnixMs, unixMs);
    }

    internal void CountRejected() => Interlocked.Increment(ref _rejected);

    internal void CountCancelled() => Interlocked.Increment(ref _cancelled);

    /// <summary>The sum of several, whose largest batches are equal.</summary>
    public static ServingStatistics Sum(IReadOnlyList<ServingStatistics> parts)
    {
        var sum = new ServingStatistics(parts[0]._runsBySize.Length - 1);
        foreach (ServingStatistics part in parts)
        {
            sum.Latency.Add(part.Latency);
            sum.Failed.Add(part.Failed);
            sum.Queue.Add(part.Queue);
            sum.Gather.Add(part.Gather);
            sum.Run.Add(part.Run);
            sum.Scatter.Add(part.Scatter);
            sum._rows += part.Rows;
            sum._rejected += part.Rejected;
            sum._cancelled += part.Cancelled;
            sum._lastUnixMs = Math.Max(sum._lastUnixMs, part.LastUnixMs);
            for (int size = 0; size < sum._runsBySize.Length; size++)
                sum._runsBySize[size].Add(part._runsBySize[size]);
        }
        return sum;
    }

    /// <summary>
    /// Service quality, in requests a second: S = (1/n) Σ 1/Tᵢ over the n replicas, where Tᵢ is the mean number of seconds
    /// a request takes on replica i. A replica that has answered nothing yet is left out; NaN when all have.
    /// </summary>
    public static double Quality(IEnumerable<ServingStatistics> replicas)
    {
        double sum = 0;
        int n = 0;
        foreach (ServingStatistics replica in replicas.Where(r => r.Requests > 0))
        {
            sum += 1 / Math.Max(replica.MeanSeconds, 1e-6);
            n++;
        }
        return n == 0 ? double.NaN : sum / n;
    }
}
