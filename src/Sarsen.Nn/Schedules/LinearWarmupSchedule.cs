namespace Sarsen.Nn.Schedules;

/// <summary>
/// factor = start + (1 - start) t / totalIters while t is below totalIters, then another schedule that counts from
/// there; PyTorch's LinearLR followed by another by SequentialLR.
/// </summary>
/// <param name="TotalIters">The length of the rise in epochs or steps, at least 1.</param>
/// <param name="StartFactor">The factor at the start, above 0 up to 1.</param>
/// <param name="Then">What follows; null for staying at 1.</param>
/// <param name="ByEpochs">Count epochs, or else steps.</param>
public sealed record LinearWarmupSchedule(long TotalIters = 5, double StartFactor = 1.0 / 3, LearningRateSchedule? Then = null, bool ByEpochs = false)
    : LearningRateSchedule
{
    public long TotalIters { get; init; } = Check(TotalIters, TotalIters >= 1, nameof(TotalIters), "at least 1");

    public double StartFactor { get; init; } = Check(StartFactor, StartFactor is > 0 and <= 1, nameof(StartFactor), "above 0 up to 1");

    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        long t = Count(step, stepsPerEpoch, ByEpochs);
        if (t < TotalIters)
            return StartFactor + (1 - StartFactor) * t / TotalIters;
        long steps = TotalIters * (ByEpochs ? Math.Max(1, stepsPerEpoch) : 1);
        return Then?.FactorAt(step - steps, stepsPerEpoch, Math.Max(1, totalSteps - steps)) ?? 1;
    }
}
