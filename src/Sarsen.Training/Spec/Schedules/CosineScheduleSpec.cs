using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Schedules;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Spec;

/// <summary>As <c>CosineAnnealingLR</c>: eta_min + (lr − eta_min) · (1 + cos(π t / t_max)) / 2.</summary>
[Description("The learning rate falls to eta_min along half a cosine.")]
public sealed record CosineScheduleSpec : ScheduleSpec
{
    [Description("Length of the fall; nothing: the whole run."), Range(1, int.MaxValue)]
    public int? TMax { get; init; }

    [Description("The learning rate at the end."), Range(0, double.MaxValue)]
    public double EtaMin { get; init; }

    [Description("What is counted.")]
    public ScheduleUnit By { get; init; } = ScheduleUnit.Steps;

    public override LearningRateSchedule Create(double lr, Better better) =>
        new CosineSchedule(lr > 0 ? EtaMin / lr : 0, TMax, By == ScheduleUnit.Epochs);
}
