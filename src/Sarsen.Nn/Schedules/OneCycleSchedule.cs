namespace Sarsen.Nn.Schedules;

/// <summary>
/// From 1 / <paramref name="DivFactor"/> by a cosine up to 1 in the first <paramref name="PctStart"/> of the steps, then
/// by a cosine down to 1 / (DivFactor · FinalDivFactor) (Smith and Topin, 2018). The optimizer's learning rate is the
/// highest one; PyTorch's OneCycleLR with two phases.
/// </summary>
/// <param name="PctStart">The part of the steps that rises, above 0 and below 1.</param>
/// <param name="DivFactor">The highest rate over the first one.</param>
/// <param name="FinalDivFactor">The first rate over the last one.</param>
public sealed record OneCycleSchedule(double PctStart = 0.3, double DivFactor = 25, double FinalDivFactor = 1e4) : LearningRateSchedule
{
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        double first = 1 / DivFactor, last = first / FinalDivFactor;
        double peak = PctStart * totalSteps - 1, end = totalSteps - 1;
        return step <= peak
            ? Anneal(first, 1, peak <= 0 ? 1 : step / peak)
            : Anneal(1, last, end <= peak ? 1 : Math.Min(1, (step - peak) / (end - peak)));
    }

    private static double Anneal(double from, double to, double t) => to + (from - to) / 2 * (1 + Math.Cos(Math.PI * t));
}
