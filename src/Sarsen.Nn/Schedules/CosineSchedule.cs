namespace Sarsen.Nn.Schedules;

/// <summary>
/// factor = min + (1 - min) (1 + cos(π t / tMax)) / 2 up to tMax, then min; PyTorch's CosineAnnealingLR, which beyond
/// tMax would rise again (Loshchilov and Hutter, 2017). A rise first is <see cref="LinearWarmupSchedule"/>.
/// </summary>
/// <param name="Minimum">The factor at the end, 0 to 1: eta_min over the learning rate.</param>
/// <param name="TMax">The length of the fall in epochs or steps, at least 1; null for the whole run.</param>
/// <param name="ByEpochs">Count epochs, or else steps.</param>
public sealed record CosineSchedule(double Minimum = 0, long? TMax = null, bool ByEpochs = false) : LearningRateSchedule
{
    public double Minimum { get; init; } = Check(Minimum, Minimum >= 0 && double.IsFinite(Minimum), nameof(Minimum), "zero or more");

    public long? TMax { get; init; } = Check(TMax, TMax is null or >= 1, nameof(TMax), "at least 1");

    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        long length = TMax ?? Count(totalSteps + (ByEpochs ? stepsPerEpoch - 1 : 0), stepsPerEpoch, ByEpochs);
        double t = Math.Min(1, Count(step, stepsPerEpoch, ByEpochs) / (double)Math.Max(1, length));
        return Minimum + (1 - Minimum) * (1 + Math.Cos(Math.PI * t)) / 2;
    }
}
