namespace Sarsen.Serving.Batching;

/// <summary>
/// The bounded queue of a replica, and when its driver stops waiting for more. A driver that ran b requests, and
/// found q more waiting then, expects b + q: it waits until so many are there, the batch is full, or the oldest has waited
/// for <see cref="BatchingOptions.MaxDelay"/>. A wait that was in vain takes the expectation half-way down to what did
/// come. So a lone client is answered at once, and clients that call in step share a batch.
/// </summary>
internal sealed class BatchQueue(BatchingOptions options, int maxBatch, TimeProvider time)
{
    private readonly object _gate = new();
    private readonly Queue<PendingRequest> _requests = new();
    private int _rows;
    private int _expected = 1;
    private int _wanted = 1;
    private int _running;
    private bool _closed;

    /// <summary>Requests that wait or run.</summary>
    public int Pending
    {
        get
        {
            lock (_gate)
                return _requests.Count + _running;
        }
    }

    /// <exception cref="OverloadException">The queue is full.</exception>
    /// <exception cref="ReplicaClosedException">The queue is closed.</exception>
    public void Add(PendingRequest request)
    {
        lock (_gate)
        {
            if (_closed)
                throw new ReplicaClosedException("the replica is ending and takes no more requests");
            if (_requests.Count >= options.QueueSize)
                DropSettled();
            if (_requests.Count >= options.QueueSize)
            {
                throw new OverloadException(
                    $"{_requests.Count} requests are waiting already, which is as many as the queue holds: send fewer at once, or give the deployment more replicas or a longer queue",
                    TimeSpan.FromSeconds(1));
            }
            _requests.Enqueue(request);
            _rows += request.Rows;
            if (IsEnough(_wanted))
                Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for requests and moves them into <paramref name="batch"/>, which is empty.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool Take(List<PendingRequest> batch)
    {
        lock (_gate)
        {
            do
            {
                while (_requests.Count == 0)
                {
                    if (_closed)
                        return false;
                    Monitor.Wait(_gate);
                }
                WaitForOthers();
                Fill(batch);
            } while (batch.Count == 0);
            _running = batch.Count;
            return true;
        }
    }

    /// <summary>
    /// The batch is about to be answered. Called before its callers hear of it: a lone one that comes back at once would be
    /// taken for two.
    /// </summary>
    public void Predicted()
    {
        lock (_gate)
            _expected = Math.Max(_expected, Math.Min(_running + _requests.Count, maxBatch));
    }

    /// <summary>The batch has been answered.</summary>
    public void End()
    {
        lock (_gate)
            _running = 0;
    }

    /// <summary>Takes no more; what waits is still answered.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool IsEnough(int wanted) => _requests.Count >= wanted || _rows >= maxBatch || _closed;

    private void WaitForOthers()
    {
        if (IsEnough(_expected))
            return;
        _wanted = _expected;
        long oldest = _requests.Peek().EnqueuedAt;
        while (!IsEnough(_wanted))
        {
            TimeSpan left = options.MaxDelay - time.GetElapsedTime(oldest);
            if (left <= TimeSpan.Zero)
            {
                _expected = Math.Max(1, (_expected + _requests.Count) / 2);
                break;
            }
            Monitor.Wait(_gate, (int)Math.Ceiling(left.TotalMilliseconds));
        }
        _wanted = 1;
    }

    private void Fill(List<PendingRequest> batch)
    {
        int rows = 0;
        while (_requests.TryPeek(out PendingRequest? next))
        {
            if (!next.IsSettled)
            {
                // One that is larger than a batch goes alone, and is run in pieces.
                if (batch.Count > 0 && ((long)rows + next.Rows > maxBatch || !next.Fits(batch[0])))
                    return;
                batch.Add(next);
                rows += next.Rows;
            }
            _requests.Dequeue();
            _rows -= next.Rows;
        }
    }

    private void DropSettled()
    {
        for (int i = _requests.Count; i > 0; i--)
        {
            PendingRequest request = _requests.Dequeue();
            if (request.IsSettled)
                _rows -= request.Rows;
            else
                _requests.Enqueue(request);
        }
    }
}
