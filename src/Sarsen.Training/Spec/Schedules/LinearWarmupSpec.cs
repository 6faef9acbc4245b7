using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>As <c>LinearLR</c> followed by another schedule (<c>SequentialLR</c>).</summary>
[Description("The learning rate rises in a line from start_factor to its full value, then follows another schedule.")]
[DefaultProperty(nameof(TotalIters))]
public sealed record LinearWarmupSpec : ScheduleSpec, IValidatableObject
{
    [Description("Length of the rise."), Range(1, int.MaxValue)]
    public int TotalIters { get; init; } = 5;

    [Description("The part of the learning rate it starts with."), Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double StartFactor { get; init; } = 1.0 / 3;

    [Description("What is counted.")]
    public ScheduleUnit By { get; init; } = ScheduleUnit.Steps;

    [Description("The schedule after the rise, counted from its end.")]
    public ScheduleSpec Then { get; init; } = new ConstantScheduleSpec();

    public override LearningRateSchedule Create(double lr, Better better) =>
        new LinearWarmupSchedule(TotalIters, StartFactor, Then.Create(lr, better), By == ScheduleUnit.Epochs);

    public override double PeakRate(double lr) => Then.PeakRate(lr);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Then is ReduceOnPlateauSpec or LinearWarmupSpec)
            yield return new ValidationResult("after the rise a schedule of the step can follow: constant, step, cosine or one_cycle", [nameof(Then)]);
    }
}
