namespace Sarsen.Serving.Language;

/// <summary>A request on its way through a <see cref="LanguageEngine"/>. It is settled once: answered, cancelled, late or failed.</summary>
internal sealed class EngineJob : IDisposable
{
    private readonly CancellationTokenSource? _late;
    private readonly CancellationTokenSource _either;
    private readonly CancellationToken _stop;
    private readonly Action<EngineJob> _onSettledEarly;
    private CancellationTokenRegistration _registration;
    private int _settled;

    /// <param name="request">A valid one.</param>
    /// <param name="time">For the deadline.</param>
    /// <param name="onSettledEarly">Told when it was cancelled or late, once, by whichever thread.</param>
    /// <param name="stop">The sender's.</param>
    public EngineJob(GenerationRequest request, TimeProvider time, Action<EngineJob> onSettledEarly, CancellationToken stop)
    {
        (Request, SubmittedAt, _stop, _onSettledEarly) = (request, time.GetTimestamp(), stop, onSettledEarly);
        _late = request.Deadline is { } deadline ? new CancellationTokenSource(deadline, time) : null;
        _either = CancellationTokenSource.CreateLinkedTokenSource(stop, Stream.Left, _late?.Token ?? CancellationToken.None);
    }

    public GenerationRequest Request { get; }

    public GenerationStream Stream { get; } = new();

    public long SubmittedAt { get; }

    /// <summary>Tokens of its answer so far. The engine's thread alone reads and writes it.</summary>
    public int AnswerTokens { get; set; }

    /// <summary>Nobody wants the answer any more.</summary>
    public CancellationToken Stop => _either.Token;

    public bool IsSettled => Volatile.Read(ref _settled) != 0;

    /// <summary>From now on cancellation ends the stream at once, also while the request waits.</summary>
    public void Watch() => _registration = _either.Token.Register(EndEarly);

    /// <summary>Settles it: who does so first counts it, and then ends its stream, so that a reader at the end finds it counted. False for all others.</summary>
    public bool Settle() => Interlocked.Exchange(ref _settled, 1) == 0;

    public void Dispose()
    {
        _registration.Dispose();
        _either.Dispose();
        _late?.Dispose();
    }

    private void EndEarly()
    {
        bool late = _late is { IsCancellationRequested: true } && !_stop.IsCancellationRequested && !Stream.Left.IsCancellationRequested;
        Exception why = late
            ? new TimeoutException(FormattableString.Invariant($"the answer was not complete within {Request.Deadline!.Value.TotalSeconds:G3} s: ask for fewer tokens, or allow more time"))
            : new OperationCanceledException(_stop.IsCancellationRequested ? _stop : Stream.Left);
        if (!Settle())
            return;
        _onSettledEarly(this);
        Stream.End(why);
    }
}
