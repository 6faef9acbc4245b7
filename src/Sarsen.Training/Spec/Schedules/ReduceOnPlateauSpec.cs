using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>As <c>ReduceLROnPlateau</c>, judged after each validation.</summary>
[Description("The learning rate is multiplied by factor whenever a metric stops getting better.")]
public sealed record ReduceOnPlateauSpec : ScheduleSpec
{
    [Description("What is watched: train_loss, validation_loss or validation_ and the name of a metric.")]
    public string Metric { get; init; } = "validation_loss";

    [Description("What the learning rate is multiplied by."), Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Factor { get; init; } = 0.1;

    [Description("Validations without getting better before it acts."), Range(0, int.MaxValue)]
    public int Patience { get; init; } = 10;

    [Description("How much better is better."), Range(0, double.MaxValue)]
    public double Threshold { get; init; } = 1e-4;

    [Description("Whether threshold is a part of the best value or a distance from it.")]
    public ThresholdMode ThresholdMode { get; init; } = ThresholdMode.Relative;

    [Description("Validations after a change in which nothing is judged."), Range(0, int.MaxValue)]
    public int Cooldown { get; init; }

    [Description("The learning rate never falls below this."), Range(0, double.MaxValue)]
    public double MinLr { get; init; }

    [Description("A change smaller than this is not made."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    public override LearningRateSchedule Create(double lr, Better better) =>
        new ReduceOnPlateau(Factor, Patience, Threshold, ThresholdMode == ThresholdMode.Absolute, Cooldown,
            lr > 0 ? MinLr / lr : 0, lr > 0 ? Eps / lr : 0, MoreIsBetter: better == Better.More);
}

/// <summary>What <see cref="ReduceOnPlateauSpec.Threshold"/> means.</summary>
public enum ThresholdMode
{
    [JsonStringEnumMemberName("rel")]
    Relative,

    [JsonStringEnumMemberName("abs")]
    Absolute,
}
