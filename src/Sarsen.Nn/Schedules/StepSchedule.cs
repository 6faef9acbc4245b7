namespace Sarsen.Nn.Schedules;

/// <summary>factor = gamma^⌊t / stepSize⌋, t in epochs or steps; PyTorch's StepLR.</summary>
/// <param name="StepSize">Epochs or steps between two changes, at least 1.</param>
/// <param name="Gamma">What the rate is multiplied by, above 0.</param>
/// <param name="ByEpochs">Count epochs, or else steps.</param>
public sealed record StepSchedule(long StepSize, double Gamma = 0.1, bool ByEpochs = true) : LearningRateSchedule
{
    public long StepSize { get; init; } = Check(StepSize, StepSize >= 1, nameof(StepSize), "at least 1");

    public double Gamma { get; init; } = Check(Gamma, Gamma > 0 && double.IsFinite(Gamma), nameof(Gamma), "above 0");

    public override double FactorAt(long step, long stepsPerEpoch, long totalSteps) =>
        Math.Pow(Gamma, Count(step, stepsPerEpoch, ByEpochs) / StepSize);
}
