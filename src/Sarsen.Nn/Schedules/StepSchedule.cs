namespace Sarsen.Nn.Schedules;

/// <summary>factor = gamma^⌊epoch / stepSize⌋, as PyTorch's StepLR.</summary>
/// <param name="StepSize">Epochs between two reductions, at least 1.</param>
/// <param name="Gamma">The factor of one reduction.</param>
public sealed record StepSchedule(int StepSize, double Gamma = 0.1) : LearningRateSchedule
{
    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps) =>
        Math.Pow(Gamma, step / Math.Max(1, stepsPerEpoch) / StepSize);
}
