using System.Diagnostics.Tracing;

namespace Sarsen.Tensors.Threads;

/// <summary>What the worker set has to tell an operator, as the event source <c>Sarsen.Workers</c>.</summary>
[EventSource(Name = "Sarsen.Workers")]
public sealed class WorkerEvents : EventSource
{
    public static WorkerEvents Log { get; } = new();

    private int _pinningReported;

    private WorkerEvents()
    {
    }

    /// <summary>Workers are not pinned to processors, which costs speed on a busy machine. Written once a process.</summary>
    [Event(1, Level = EventLevel.Informational, Message = "workers are not pinned: {0}")]
    public void PinningUnavailable(string reason)
    {
        if (Interlocked.Exchange(ref _pinningReported, 1) == 0)
            WriteEvent(1, reason);
    }
}
