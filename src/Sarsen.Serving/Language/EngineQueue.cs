namespace Sarsen.Serving.Language;

/// <summary>
/// Requests that wait, of a bounded number. The next is one of the highest priority; within it, one of the owner that got the
/// fewest tokens, of prompts and answers, so that one who sends a hundred at once, or long ones, does not keep another waiting;
/// and of one owner's the oldest. Who comes new, or comes back, begins where the others are. Not thread-safe.
/// </summary>
internal sealed class EngineQueue(int size)
{
    private readonly LinkedList<EngineJob> _jobs = new();
    private readonly Dictionary<string, long> _tokens = new(StringComparer.Ordinal);

    // What the owner had got whose turn it was last: nobody is owed more than from here on.
    private long _now;

    public int Count => _jobs.Count;

    /// <summary>The priority of who is next; null where nobody waits.</summary>
    public int? NextPriority
    {
        get
        {
            int? highest = null;
            foreach (EngineJob job in _jobs)
                highest = Math.Max(highest ?? int.MinValue, job.Request.Priority);
            return highest;
        }
    }

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
                || (job.Request.Priority == next.Request.Priority && Got(job.Request.Owner) < Got(next.Request.Owner)))
                next = job;
        }
        if (next is null)
            return null;
        _jobs.Remove(next);
        _now = Math.Max(_now, Got(next.Request.Owner));
        Forget();
        Charge(next.Request.Owner, next.Request.Prompt.Length);
        return next;
    }

    /// <summary>An owner got so many tokens.</summary>
    public void Charge(string owner, int tokens) => _tokens[owner] = Got(owner) + tokens;

    private long Got(string owner) => Math.Max(_now, _tokens.GetValueOrDefault(owner));

    // Owners who got no more than anyone who comes new need not be remembered.
    private void Forget()
    {
        if (_tokens.Count <= 2 * (_jobs.Count + 8))
            return;
        foreach (string owner in _tokens.Where(pair => pair.Value <= _now).Select(pair => pair.Key).ToArray())
            _tokens.Remove(owner);
    }
}
