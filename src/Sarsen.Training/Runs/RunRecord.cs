namespace Sarsen.Training.Runs;

/// <summary>What a run is, in its <c>run.json</c>: written when it first begins, and read when it is resumed.</summary>
/// <param name="Id">Unique; orders by time.</param>
/// <param name="Name">The spec's.</param>
/// <param name="Seed">The spec's.</param>
/// <param name="Sarsen">The program's version.</param>
/// <param name="Numerics">What the bits rest on: <see cref="Tensors.Numerics.Version"/>.</param>
/// <param name="CreatedUnixMs">When, in Unix milliseconds.</param>
/// <param name="Machine">Where it began.</param>
public sealed record RunRecord(string Id, string Name, ulong Seed, string Sarsen, int Numerics, long CreatedUnixMs, MachineInfo Machine)
{
    /// <summary>SHA-256 over the data's files, set once they were read.</summary>
    public string? DataChecksum { get; init; }

    /// <summary>What the finished model was measured at, by part and metric: <c>test_accuracy</c>; null before.</summary>
    public IReadOnlyDictionary<string, double>? Metrics { get; init; }
}

/// <summary>How a run's process ended, in <c>exit.json</c>.</summary>
/// <param name="Status">How.</param>
/// <param name="Attempt">Which start ended.</param>
/// <param name="UnixMs">When.</param>
/// <param name="Message">Why, where it failed.</param>
public sealed record RunExit(RunStatus Status, int Attempt, long UnixMs, string? Message = null);

public enum RunStatus
{
    /// <summary>All epochs, or early stopping; the model is there.</summary>
    Finished,

    /// <summary>Asked to stop; a checkpoint is there.</summary>
    Interrupted,

    Failed,
}

/// <summary>Who works on a run, in <c>process.json</c>.</summary>
/// <param name="Pid">The process.</param>
/// <param name="StartedUnixMs">When the process began: with the pid, which one it is.</param>
/// <param name="Attempt">Which start of the run it is.</param>
public sealed record RunProcess(int Pid, long StartedUnixMs, int Attempt);
