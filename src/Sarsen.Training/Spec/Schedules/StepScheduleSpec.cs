using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>As <c>StepLR</c>: lr · gamma^⌊t / step_size⌋.</summary>
[Description("The learning rate is multiplied by gamma every step_size epochs or steps.")]
[DefaultProperty(nameof(StepSize))]
public sealed record StepScheduleSpec : ScheduleSpec
{
    [Description("How many between two changes."), Range(1, int.MaxValue)]
    public required int StepSize { get; init; }

    [Description("What the learning rate is multiplied by."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Gamma { get; init; } = 0.1;

    [Description("What is counted.")]
    public ScheduleUnit By { get; init; } = ScheduleUnit.Epochs;

    public override LearningRateSchedule Create(double lr, Better better) =>
        new StepSchedule(StepSize, Gamma, By == ScheduleUnit.Epochs);
}
