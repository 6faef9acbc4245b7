using Sarsen.Serving.Language.Scheduling;

namespace Sarsen.Serving.Language;

/// <summary>
/// Answers prompts with one language model, for any number of askers: requests wait in a bounded queue, and a thread of the
/// engine's own generates their answers, as many together as fit (<see cref="LanguageEngineOptions"/>).
/// </summary>
public sealed class LanguageEngine : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly EngineQueue _queue;
    private readonly BatchLoop _loop;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;
    private EngineStatistics _counts = new(0, 0, 0, 0, 0, 0, 0, 0, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <param name="model">The model.</param>
    /// <param name="options">How it works.</param>
    /// <param name="time">Null for the system's.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="ModelLoadException">The model's heads cannot be cached as the options say.</exception>
    public LanguageEngine(LoadedLanguageModel model, LanguageEngineOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Model, _time) = (model, time ?? TimeProvider.System);
        _queue = new EngineQueue(options.QueueSize);
        _loop = new BatchLoop(model, options, _time);
        Constraints = new ConstraintCache(model, options.KeptConstraints, options.KeptConstraintBytes, options.UsedConstraintBytes);
        _thread = new Thread(Run) { Name = "language engine", IsBackground = true };
        _thread.Start();
    }

    public LoadedLanguageModel Model { get; }

    /// <summary>Constraints for answers, compiled once.</summary>
    public ConstraintCache Constraints { get; }

    /// <summary>The most tokens of prompt and answer.</summary>
    public int ContextLength => _loop.ContextLength;

    /// <summary>Bytes of the weights and of what is cached.</summary>
    public long Bytes => Model.WeightBytes + _loop.Bytes;

    /// <summary>Blocks of the cache that answers hold; none when there are no answers.</summary>
    internal int UsedBlocks => _loop.UsedBlocks;

    public EngineStatistics Statistics
    {
        get
        {
            long constraints = Constraints.UsedBytes;
            lock (_gate)
                return _counts with { Waiting = _queue.Count, Running = _running, UsedBlocks = _loop.UsedBlocks, Blocks = _loop.Blocks, ConstraintBytes = constraints };
        }
    }

    /// <summary>Takes a request; never blocks.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Ends the work at once, as does leaving the enumeration of the answer.</param>
    /// <returns>The answer, as it comes.</returns>
    /// <exception cref="InputException">The prompt is empty, or leaves no room for an answer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range, or a token is not in the vocabulary.</exception>
    /// <exception cref="OverloadException">As many requests wait as the queue holds.</exception>
    /// <exception cref="ReplicaClosedException">The engine is ending.</exception>
    public GenerationStream Submit(GenerationRequest request, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        TextGenerator.CheckPrompt(request.Prompt, ContextLength);
        request.Options.Validate(Model.Model.VocabSize);
        foreach (int token in request.Prompt)
        {
            if ((uint)token >= (uint)Model.Model.VocabSize)
                throw new ArgumentOutOfRangeException(nameof(request), token, $"tokens of the prompt are from 0 to {Model.Model.VocabSize - 1}");
        }
        var job = new EngineJob(request, _time, OnSettledEarly, stop);
        // Before it waits, for it may be answered and gone right after. A callback waits for the gate, or has settled it already.
        job.Watch();
        lock (_gate)
        {
            try
            {
                if (_closed)
                    throw new ReplicaClosedException("the model is being unloaded and takes no more requests: send it again");
                if (!job.IsSettled)
                    _queue.Add(job);
            }
            catch (Exception e)
            {
                if (e is OverloadException)
                    _counts = _counts with { Rejected = _counts.Rejected + 1 };
                job.Dispose();
                throw;
            }
            Monitor.Pulse(_gate);
        }
        return job.Stream;
    }

    /// <summary>Ends what runs and what waits with a <see cref="ReplicaClosedException"/>, and gives the memory of the cache back.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
        await _ended.Task;
    }

    private static ReplicaClosedException Closing() => new("the model was unloaded before the answer was complete: send the request again");

    private void Run()
    {
        while (Take())
            _loop.Step(OnLeft);
        _loop.EndAll(Closing, OnLeft);
        foreach (EngineJob waiting in TakeAll())
            OnLeft(waiting, null, Closing());
        _loop.Dispose();
        _ended.SetResult();
    }

    // Adds those that fit to what runs, and waits where nothing does; false at the end.
    private bool Take()
    {
        lock (_gate)
        {
            _running = _loop.Count;
            while (!_closed && _queue.Count == 0 && _loop.Count == 0)
                Monitor.Wait(_gate);
            while (!_closed && _queue.NextPriority is { } priority && _loop.HasRoomFor(priority))
                Begin(_queue.Take()!);
            _running = _loop.Count;
            return !_closed;
        }
    }

    private List<EngineJob> TakeAll()
    {
        var all = new List<EngineJob>();
        lock (_gate)
        {
            while (_queue.Take() is { } job)
                all.Add(job);
        }
        return all;
    }

    private void Begin(EngineJob job)
    {
        try
        {
            _loop.Add(job);
        }
        catch (Exception e)
        {
            OnLeft(job, null, e);
        }
    }

    // A reader at the end finds the answer counted. Who leaves before the end is charged for what was written: else it would be free.
    private void OnLeft(EngineJob job, GenerationUsage? usage, Exception? error)
    {
        lock (_gate)
        {
            _running = _loop.Count;
            _queue.Charge(job.Request.Owner, job.AnswerTokens);
        }
        if (job.Settle())
        {
            if (usage is not null)
                Count(usage);
            else if (error is not null and not ReplicaClosedException)
            {
                lock (_gate)
                    _counts = _counts with { Failed = _counts.Failed + 1 };
            }
            job.Stream.End(error);
        }
        job.Dispose();
    }

    private void Count(GenerationUsage usage)
    {
        lock (_gate)
        {
            _counts = _counts with
            {
                Finished = _counts.Finished + 1,
                PromptTokens = _counts.PromptTokens + usage.PromptTokens,
                CachedTokens = _counts.CachedTokens + usage.CachedTokens,
                AnswerTokens = _counts.AnswerTokens + usage.AnswerTokens,
                PromptTime = _counts.PromptTime + usage.PromptTime,
                AnswerTime = _counts.AnswerTime + usage.AnswerTime,
            };
        }
    }

    private void OnSettledEarly(EngineJob job)
    {
        lock (_gate)
        {
            _counts = _counts with { Cancelled = _counts.Cancelled + 1 };
            if (!_queue.Remove(job))
                return;
        }
        // Not here: this is a callback of what is to be disposed of.
        ThreadPool.UnsafeQueueUserWorkItem(static left => left.Dispose(), job, preferLocal: false);
    }
}
