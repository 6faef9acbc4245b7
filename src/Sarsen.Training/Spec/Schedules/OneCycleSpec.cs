using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>As <c>OneCycleLR</c> over the steps of the whole run, without its cycle of momentum.</summary>
[Description("The learning rate rises to max_lr and falls far below its start, once in the run.")]
[DefaultProperty(nameof(MaxLr))]
public sealed record OneCycleSpec : ScheduleSpec
{
    [Description("The highest learning rate."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public required double MaxLr { get; init; }

    [Description("The part of the run that rises."), Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double PctStart { get; init; } = 0.3;

    [Description("The curve.")]
    public AnnealStrategy AnnealStrategy { get; init; } = AnnealStrategy.Cosine;

    [Description("The start is max_lr divided by this."), Range(1, double.MaxValue)]
    public double DivFactor { get; init; } = 25;

    [Description("The end is the start divided by this."), Range(1, double.MaxValue)]
    public double FinalDivFactor { get; init; } = 1e4;

    public override double PeakRate(double lr) => MaxLr;

    public override LearningRateSchedule Create(double lr, Better better) =>
        new OneCycleSchedule(PctStart, DivFactor, FinalDivFactor, AnnealStrategy == AnnealStrategy.Linear);
}

/// <summary>The curve of <see cref="OneCycleSpec"/>.</summary>
public enum AnnealStrategy
{
    [JsonStringEnumMemberName("cos")]
    Cosine,
    Linear,
}
