namespace Sarsen.Nn.Schedules;

/// <summary>
/// factor = min + (1 - min) (1 + cos(π t)) / 2, t going from 0 to 1 after the warm-up, in which the factor rises
/// linearly from 0 (Loshchilov and Hutter, 2017).
/// </summary>
/// <param name="Minimum">The factor at the end, 0 to 1.</param>
/// <param name="WarmupSteps">Steps of linear rise first.</param>
public sealed record CosineSchedule(double Minimum = 0, long WarmupSteps = 0) : LearningRateSchedule
{
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        if (step < WarmupSteps)
            return (step + 1.0) / WarmupSteps;
        double t = Math.Min(1, (step - WarmupSteps) / (double)Math.Max(1, totalSteps - WarmupSteps));
        return Minimum + (1 - Minimum) * (1 + Math.Cos(Math.PI * t)) / 2;
    }
}
