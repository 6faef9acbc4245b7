namespace Sarsen.Serving.Language;

/// <summary>
/// Requests that wait, of a bounded number. The next is one of the highest priority; owners within it take turns, so that one
/// who sends a hundred at once does not keep another waiting for a hundred; and of one owner's the oldest. Not thread-safe.
/// </summary>
internal sealed class EngineQueue(int size)
{
    private readonly LinkedList<EngineJob> _jobs = new();
    private readonly Dictionary<string, long> _lastTurn = new(StringComparer.Ordinal);
    private long _turn;

    public int Count => _jobs.Count;

    /// <exception cref="OverloadException">It is full.</exception>
    public void Add(EngineJob job)
    {
        if (_jobs.Count >= size)
            throw new OverloadException($"{_jobs.Count} requests are waiting already, which is as many as the queue holds: send fewer at once", TimeSpan.FromSeconds(1));
        _jobs.AddLast(job);
    }

    public bool Remove(EngineJob job) => _jobs.Remove(job);

    /// <summary>Null where nobody waits.</summary>
    public EngineJob? Take()
    {
        EngineJob? next = null;
        foreach (EngineJob job in _jobs)
        {
            if (next is null || job.Request.Priority > next.Request.Priority
                || (job.Request.Priority == next.Request.Priority && LastTurn(job) < LastTurn(next)))
                next = job;
        }
        if (next is null)
            return null;
        _jobs.Remove(next);
        // Only those who wait are compared: who left begins anew.
        if (_lastTurn.Count > 2 * (_jobs.Count + 1))
        {
            foreach (string owner in _lastTurn.Keys.Except(_jobs.Select(j => j.Request.Owner)).ToArray())
                _lastTurn.Remove(owner);
        }
        _lastTurn[next.Request.Owner] = ++_turn;
        return next;
    }

    private long LastTurn(EngineJob job) => _lastTurn.GetValueOrDefault(job.Request.Owner);
}
