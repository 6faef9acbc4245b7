using Sarsen.Tensors.Threads;

namespace Sarsen.Training.Runs;

/// <summary>How a run is started.</summary>
public sealed record RunOptions
{
    /// <summary>The run's folder; null: <c>runs/</c> and the spec's name, in the current folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Remove what an earlier run left in the folder.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Go on from the newest checkpoint of the folder.</summary>
    public bool Resume { get; init; }

    /// <summary>Who looks on; null: nobody.</summary>
    public IRunObserver? Observer { get; init; }

    /// <summary>Told every line of the event log; null: nobody.</summary>
    public Action<string>? Echo { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who computes; null: the threads that the spec asks for.</summary>
    public Workers? Workers { get; init; }

    /// <summary>Bytes that prepared samples may take in memory; null: a quarter of what is available. More are kept in a file.</summary>
    public long? DataBytes { get; init; }

    /// <summary>Bytes that weights, gradients, optimizer and a step may take together; null: what the process may use.</summary>
    public long? MemoryBytes { get; init; }
}
