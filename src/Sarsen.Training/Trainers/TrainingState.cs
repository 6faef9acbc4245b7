using Sarsen.Nn.Schedules;

namespace Sarsen.Training.Trainers;

/// <summary>
/// Where training stands, besides weights and the optimizer's memory: all that a resumed run needs to go on to the
/// same bits. Randomness needs no state: every draw is named by seed, stream, step and sample.
/// </summary>
public sealed record TrainingState
{
    /// <summary>Steps made.</summary>
    public long Step { get; init; }

    /// <summary>The epoch that is under way, from 0.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches of it that were trained on.</summary>
    public long Batch { get; init; }

    /// <summary>The sum of the losses of its samples so far.</summary>
    public double LossSum { get; init; }

    /// <summary>Its samples so far.</summary>
    public long LossSamples { get; init; }

    /// <summary>The state of a schedule that watches a metric.</summary>
    public ReduceOnPlateau.State Plateau { get; init; } = ReduceOnPlateau.State.Start;

    /// <summary>The best value of what early stopping, or else the best checkpoint, watches; null before the first.</summary>
    public double? Best { get; init; }

    /// <summary>The epoch of <see cref="Best"/>, from 1; 0 before the first.</summary>
    public int BestEpoch { get; init; }

    /// <summary>Validations since the last that was better.</summary>
    public int BadValidations { get; init; }

    /// <summary>Is training over.</summary>
    public bool Ended { get; init; }

    /// <summary>The epochs that ended.</summary>
    public IReadOnlyList<EpochRecord> History { get; init; } = [];
}
