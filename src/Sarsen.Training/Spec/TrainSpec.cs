using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Spec;

/// <summary>How a model is trained.</summary>
[Description("How the model is trained.")]
public sealed record TrainSpec
{
    [Description("What training makes small.")]
    public required LossSpec Loss { get; init; }

    [Description("How parameters follow their gradients.")]
    public OptimizerSpec Optimizer { get; init; } = new AdamSpec();

    [Description("How the learning rate goes during the run.")]
    public ScheduleSpec Schedule { get; init; } = new ConstantScheduleSpec();

    [Description("Samples a step."), Range(1, 1 << 24)]
    public int BatchSize { get; init; } = 32;

    [Description("Batches whose gradients make one step: their mean, as if they were one batch, in the memory of one."), Range(1, 1 << 20)]
    public int Accumulate { get; init; } = 1;

    [Description("Times through the training split."), Range(1, int.MaxValue)]
    public int Epochs { get; init; } = 10;

    [Description("Steps after which the run ends whatever the epochs; nothing: no limit."), Range(1, long.MaxValue)]
    public long? MaxSteps { get; init; }

    [Description("Leave out the last batch of an epoch when it is not full.")]
    public bool DropLast { get; init; }

    [Description("Limits on the gradient; nothing: none.")]
    public ClippingSpec? Clipping { get; init; }

    [Description("Parameters that stay as they are, by their names; * stands for any characters: features.*")]
    public IReadOnlyList<string> Freeze { get; init; } = [];

    [Description("Decay of an exponential moving average of the weights, which is what is validated and kept; 0.999 remembers a thousand steps. Nothing: no average."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double? Ema { get; init; }

    [Description("Epochs between two validations."), Range(1, int.MaxValue)]
    public int ValidateEvery { get; init; } = 1;

    [Description("End the run when it stops getting better; nothing: train all epochs.")]
    public EarlyStoppingSpec? EarlyStopping { get; init; }

    [Description("What is saved, and how often.")]
    public CheckpointSpec Checkpoints { get; init; } = new();

    [Description("What the bits of the result may not depend on.")]
    public Determinism Deterministic { get; init; } = Determinism.Threads;

    [Description("Samples whose gradients are summed as one, then by a fixed tree; nothing: the whole batch of a rank."), Range(1, 1 << 24)]
    public int? Grain { get; init; }

    /// <summary>Samples of a step: of all its batches.</summary>
    internal int StepSize => (int)Math.Min(1 << 24, (long)BatchSize * Accumulate);

    /// <summary>Samples whose gradients are computed at once; null for those of a step.</summary>
    internal int? GrainSize => Accumulate == 1 ? Grain : Math.Min(Grain ?? BatchSize, BatchSize);
}

/// <summary>What the same seed gives the same bits across.</summary>
public enum Determinism
{
    [Description("the number of threads")]
    Threads,

    [Description("the number of threads and of ranks")]
    Ranks,
}

[Description("Limits on the gradient, checked before each step.")]
[DefaultProperty(nameof(Norm))]
public sealed record ClippingSpec : IValidatableObject
{
    [Description("Largest norm of all gradients together; nothing: no limit."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Norm { get; init; }

    [Description("Largest magnitude of any one gradient; nothing: no limit."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Value { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Norm is null && Value is null)
            yield return new ValidationResult("clipping needs a norm, a value or both");
    }
}

[Description("End the run when a metric stops getting better; the best weights are kept.")]
public sealed record EarlyStoppingSpec
{
    [Description("What is watched: train_loss, validation_loss or validation_ and the name of a metric.")]
    public string Metric { get; init; } = "validation_loss";

    [Description("Validations without getting better before the run ends."), Range(1, int.MaxValue)]
    public int Patience { get; init; } = 5;

    [Description("How much better is better, in units of the metric."), Range(0, double.MaxValue)]
    public double MinDelta { get; init; }

    [Description("End with the weights of the best validation, not the last.")]
    public bool RestoreBest { get; init; } = true;
}

[Description("What is saved, and how often; the best and the last are always saved.")]
public sealed record CheckpointSpec
{
    [Description("Epochs between two checkpoints; nothing: none by epochs."), Range(1, int.MaxValue)]
    public int? EveryEpochs { get; init; } = 1;

    [Description("Steps between two checkpoints; nothing: none by steps."), Range(1, long.MaxValue)]
    public long? EverySteps { get; init; }

    [Description("Time between two checkpoints; nothing: none by time.")]
    public TimeSpan? EveryTime { get; init; }

    [Description("How many of the last are kept."), Range(1, 10_000)]
    public int Keep { get; init; } = 2;
}
