using System.Text.Json.Serialization;
using Sarsen.Nn.Schedules;

namespace Sarsen.Training.Trainers;

/// <summary>
/// Where training stands, besides weights and the optimizer's memory: all that a resumed run needs to go on to the
/// same bits. Randomness needs no state: every draw is named by seed, stream, step and sample.
/// </summary>
public sealed class TrainingState
{
    private readonly List<EpochRecord> _history = [];

    /// <summary>Steps made.</summary>
    [JsonInclude]
    public long Step { get; private set; }

    /// <summary>Epochs that ended: the number of the one under way, from 0.</summary>
    [JsonInclude]
    public int Epoch { get; private set; }

    /// <summary>Batches of the epoch under way that were trained on.</summary>
    [JsonInclude]
    public long Batch { get; private set; }

    /// <summary>The sum of the losses of its samples so far.</summary>
    [JsonInclude]
    public double LossSum { get; private set; }

    /// <summary>Its samples so far.</summary>
    [JsonInclude]
    public long LossSamples { get; private set; }

    /// <summary>The state of a schedule that watches a metric.</summary>
    public ReduceOnPlateau.State Plateau { get; set; } = ReduceOnPlateau.State.Start;

    /// <summary>The best value of what is watched; null before the first.</summary>
    [JsonInclude]
    public double? Best { get; private set; }

    /// <summary>The epoch of <see cref="Best"/>, from 1; 0 before the first.</summary>
    [JsonInclude]
    public int BestEpoch { get; private set; }

    /// <summary>Validations since the last that was better.</summary>
    [JsonInclude]
    public int BadValidations { get; private set; }

    /// <summary>Is training over.</summary>
    [JsonInclude]
    public bool Ended { get; private set; }

    /// <summary>The epochs that ended.</summary>
    [JsonInclude]
    public IReadOnlyList<EpochRecord> History
    {
        get => _history;
        private init => _history = [.. value];
    }

    /// <summary>The mean loss of the epoch under way.</summary>
    [JsonIgnore]
    public double Loss => LossSum / LossSamples;

    internal void Advance(double loss, int samples)
    {
        Step++;
        Batch++;
        LossSum += loss * samples;
        LossSamples += samples;
    }

    internal void Judge(double value, bool better)
    {
        BadValidations = better ? 0 : BadValidations + 1;
        if (better)
            (Best, BestEpoch) = (value, Epoch + 1);
    }

    internal void EndEpoch(EpochRecord record, bool ended)
    {
        _history.Add(record);
        Epoch++;
        (Batch, LossSum, LossSamples) = (0, 0, 0);
        Ended = ended;
    }
}
