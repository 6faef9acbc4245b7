using System.Threading.Tasks.Sources;
using Sarsen.Serving.Buffers;

namespace Sarsen.Serving.Batching;

/// <summary>
/// A request between its caller and the driver. Whoever moves it from waiting to settled decides the outcome: the
/// caller's cancellation returns at once, and the driver reads the caller's input and writes its output only while it
/// holds the state, so a caller that has gone can give its memory back. Pooled: a request leaves no garbage.
/// </summary>
internal sealed class PendingRequest(Batcher owner) : IValueTaskSource
{
    private const int Waiting = 0, Reading = 1, Settled = 2;

    private readonly List<long> _freeDimensions = [];
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;
    private CancellationToken _stop;
    private int _state;
    private bool _reusable;

    public TensorBuffers Input { get; private set; } = null!;

    public TensorBuffers Output { get; private set; } = null!;

    public int Rows { get; private set; }

    /// <summary>A timestamp of the batcher's clock.</summary>
    public long EnqueuedAt { get; private set; }

    /// <summary>The outcome is decided: where the driver has not seen it, the caller has gone.</summary>
    public bool IsSettled => Volatile.Read(ref _state) == Settled;

    public ValueTask Begin(TensorBuffers input, TensorBuffers output, int rows, long now)
    {
        _core.Reset();
        (Input, Output, Rows, EnqueuedAt, _reusable) = (input, output, rows, now, false);
        _freeDimensions.Clear();
        for (int i = 0; i < input.Count; i++)
        {
            if (!owner.Info.Inputs[i].HasKnownRows)
                _freeDimensions.AddRange(input[i].Shape[1..]);
        }
        Volatile.Write(ref _state, Waiting);
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Called by the caller's thread once the request is in the queue.</summary>
    public void CancelOn(CancellationToken stop)
    {
        _stop = stop;
        _registration = stop.UnsafeRegister(static self => ((PendingRequest)self!).Cancel(), this);
    }

    /// <summary>Whether the rows of both can lie in one batch.</summary>
    public bool Fits(PendingRequest other)
    {
        if (_freeDimensions.Count != other._freeDimensions.Count)
            return false;
        for (int i = 0; i < _freeDimensions.Count; i++)
        {
            if (_freeDimensions[i] != other._freeDimensions[i])
                return false;
        }
        return true;
    }

    /// <summary>Whether the driver may read the input, until <see cref="EndRead"/>.</summary>
    public bool TryBeginRead() => Interlocked.CompareExchange(ref _state, Reading, Waiting) == Waiting;

    public void EndRead() => Volatile.Write(ref _state, Waiting);

    /// <summary>Whether the driver may write the answer, or an error; it must then do so at once.</summary>
    public bool TrySettle() => Interlocked.CompareExchange(ref _state, Settled, Waiting) == Waiting;

    public void Answer()
    {
        _reusable = true;
        _core.SetResult(true);
    }

    public void Fail(Exception error)
    {
        _reusable = true;
        _core.SetException(error);
    }

    private void Cancel()
    {
        var spin = new SpinWait();
        int seen;
        // While the driver reads, which takes as long as copying the input does, the memory is not the caller's to give back.
        while ((seen = Interlocked.CompareExchange(ref _state, Settled, Waiting)) == Reading)
            spin.SpinOnce();
        if (seen == Settled)
            return;
        owner.Statistics.CountCancelled();
        _core.SetException(new OperationCanceledException(_stop));
    }

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            // Waits for a cancellation that is running just now and has lost, so that it cannot hit the next request.
            _registration.Dispose();
            _registration = default;
            _stop = default;
            Input = Output = null!;
            // The driver may still look at one that was cancelled: that one is left to the GC.
            if (_reusable)
                owner.Recycle(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
