using System.Diagnostics.Tracing;

namespace Sarsen.Tensors;

/// <summary>
/// What the engine does without on this machine, as the event source <c>Sarsen.Engine</c>: all works, more slowly. Each
/// is written once a process; whoever listens decides where to.
/// </summary>
[EventSource(Name = SourceName)]
public sealed class EngineEvents : EventSource
{
    public const string SourceName = "Sarsen.Engine";

    public static EngineEvents Log { get; } = new();

    private int _pinningReported;
    private int _hugePagesReported;
    private int _machineCodeReported;

    private EngineEvents()
    {
    }

    /// <summary>Workers are not pinned to processors, which costs speed on a busy machine.</summary>
    [Event(1, Level = EventLevel.Informational, Message = "workers are not pinned to processors: {0}")]
    public void PinningUnavailable(string reason)
    {
        if (Interlocked.Exchange(ref _pinningReported, 1) == 0)
            WriteEvent(1, reason);
    }

    /// <summary>Large memory is on small pages, which costs speed in reading it.</summary>
    [Event(2, Level = EventLevel.Informational, Message = "memory is not on huge pages: {0}")]
    public void HugePagesUnavailable(string reason)
    {
        if (Interlocked.Exchange(ref _hugePagesReported, 1) == 0)
            WriteEvent(2, reason);
    }

    /// <summary>Kernels of machine code are left out though the processor could run them, which costs speed in products of bytes.</summary>
    [Event(3, Level = EventLevel.Informational, Message = "kernels of machine code are left out: {0}")]
    public void MachineCodeUnavailable(string reason)
    {
        if (Interlocked.Exchange(ref _machineCodeReported, 1) == 0)
            WriteEvent(3, reason);
    }
}
