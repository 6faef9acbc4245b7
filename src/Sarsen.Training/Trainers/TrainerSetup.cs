using Sarsen.Data.Batches;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Checkpoints;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Trainers;

/// <summary>The parts that a <see cref="Trainer"/> is made of.</summary>
public sealed record TrainerSetup
{
    public required Network Network { get; init; }

    public required LearningTask Task { get; init; }

    public required Loss Loss { get; init; }

    public required TrainSpec Spec { get; init; }

    public required SampleSet Training { get; init; }

    /// <summary>Null: nothing is validated.</summary>
    public SampleSet? Validation { get; init; }

    /// <summary>What is measured on the validation split.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = [];

    /// <summary>Each epoch has its own order of samples.</summary>
    public bool Shuffle { get; init; } = true;

    public required ulong Seed { get; init; }

    public Workers Workers { get; init; } = Workers.Shared;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Null: nothing is saved.</summary>
    public CheckpointStore? Checkpoints { get; init; }

    /// <summary>Null: nobody looks on.</summary>
    public ITrainingObserver? Observer { get; init; }

    /// <summary>
    /// Called when an epoch has ended, with its number from 1 and whether it is the last, while the network has the weights that
    /// are validated: their average where there is one. Null: nobody.
    /// </summary>
    public Action<int, bool>? AtEpoch { get; init; }

    /// <summary>Asked a few times a second for what others want: <c>stop</c>, <c>checkpoint</c> or null.</summary>
    public Func<string?> Requests { get; init; } = () => null;
}
