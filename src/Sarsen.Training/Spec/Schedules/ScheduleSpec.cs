using System.ComponentModel;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>How the learning rate goes during a run. Names and defaults are those of <c>torch.optim.lr_scheduler</c>.</summary>
public abstract record ScheduleSpec
{
    /// <summary>All schedules: a new one is a record beside this file and a line here.</summary>
    public static ChoiceSet Choices { get; } = new("schedule", typeof(ScheduleSpec),
        new Choice("constant", typeof(ConstantScheduleSpec)),
        new Choice("step", typeof(StepScheduleSpec), "step_lr"),
        new Choice("cosine", typeof(CosineScheduleSpec), "cosine_annealing"),
        new Choice("linear_warmup", typeof(LinearWarmupSpec), "linear_lr"),
        new Choice("one_cycle", typeof(OneCycleSpec)),
        new Choice("reduce_on_plateau", typeof(ReduceOnPlateauSpec)));

    /// <summary>The learning rate of which the schedule gives factors: the optimizer's, unless it brings its own.</summary>
    public virtual double PeakRate(double lr) => lr;

    /// <param name="lr">The rate of <see cref="PeakRate"/>, of which schedules give factors.</param>
    /// <param name="better">Which way the metric gets better that the schedule watches, if it does.</param>
    public abstract LearningRateSchedule Create(double lr, Better better);
}

/// <summary>What a schedule counts.</summary>
public enum ScheduleUnit
{
    Epochs,
    Steps,
}

[Description("The learning rate stays as it is.")]
public sealed record ConstantScheduleSpec : ScheduleSpec
{
    public override LearningRateSchedule Create(double lr, Better better) => new ConstantSchedule();
}
