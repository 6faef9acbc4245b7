namespace Sarsen.Nn.Schedules;

/// <summary>The learning rate stays.</summary>
public sealed record ConstantSchedule : LearningRateSchedule
{
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps) => 1;
}
