namespace Sarsen.Nn.Schedules;

/// <summary>The factor rises linearly to 1 in <paramref name="WarmupSteps"/> steps, then stays or falls linearly to <paramref name="EndFactor"/>.</summary>
/// <param name="WarmupSteps">Steps of rise.</param>
/// <param name="EndFactor">The factor after the last step; 1 for staying.</param>
public sealed record LinearWarmupSchedule(long WarmupSteps, double EndFactor = 1) : LearningRateSchedule
{
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        if (step < WarmupSteps)
            return (step + 1.0) / WarmupSteps;
        double t = Math.Min(1, (step - WarmupSteps) / (double)Math.Max(1, totalSteps - WarmupSteps));
        return 1 + (EndFactor - 1) * t;
    }
}
