namespace Sarsen.Nn.Schedules;

/// <summary>
/// From 1 / divFactor up to 1 in the first part of the run's steps, then down to 1 / (divFactor · finalDivFactor), each
/// along half a cosine or a line; the optimizer's learning rate is the highest one. PyTorch's OneCycleLR with two phases
/// and without its cycle of momentum (Smith and Topin, 2018).
/// </summary>
/// <param name="PctStart">The part of the steps that rises, above 0 and below 1.</param>
/// <param name="DivFactor">The highest rate over the first one, at least 1.</param>
/// <param name="FinalDivFactor">The first rate over the last one, at least 1.</param>
/// <param name="Linear">Go along lines.</param>
public sealed record OneCycleSchedule(double PctStart = 0.3, double DivFactor = 25, double FinalDivFactor = 1e4, bool Linear = false)
    : LearningRateSchedule
{
    public double PctStart { get; init; } = Check(PctStart, PctStart is > 0 and < 1, nameof(PctStart), "above 0 and below 1");

    public double DivFactor { get; init; } = Check(DivFactor, DivFactor >= 1, nameof(DivFactor), "at least 1");

    public double FinalDivFactor { get; init; } = Check(FinalDivFactor, FinalDivFactor >= 1, nameof(FinalDivFactor), "at least 1");

    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps)
    {
        double first = 1 / DivFactor, last = first / FinalDivFactor;
        double peak = PctStart * totalSteps - 1, end = totalSteps - 1;
        return step <= peak
            ? Anneal(first, 1, peak <= 0 ? 1 : step / peak)
            : Anneal(1, last, end <= peak ? 1 : Math.Min(1, (step - peak) / (end - peak)));
    }

    private double Anneal(double from, double to, double t) =>
        Linear ? from + (to - from) * t : to + (from - to) / 2 * (1 + Math.Cos(Math.PI * t));
}
