using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Spec;

/// <summary>As <c>LinearLR</c> followed by another schedule (<c>SequentialLR</c>).</summary>
[Description("The learning rate rises in a line from start_factor to its full value, then follows another schedule.")]
[DefaultProperty(nameof(TotalIters))]
public sealed record LinearWarmupSpec : ScheduleSpec
{
    [Description("Length of the rise."), Range(1, int.MaxValue)]
    public int TotalIters { get; init; } = 5;

    [Description("The part of the learning rate it starts with."), Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double StartFactor { get; init; } = 1.0 / 3;

    [Description("What is counted.")]
    public ScheduleUnit By { get; init; } = ScheduleUnit.Steps;

    [Description("The schedule after the rise, counted from its end.")]
    public ScheduleSpec Then { get; init; } = new ConstantScheduleSpec();
}
