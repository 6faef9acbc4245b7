using Sarsen.Training.Runs;

namespace Sarsen.Training.Trainers;

/// <summary>The loss of a step, or the weights that it left, were not numbers, or infinite.</summary>
/// <param name="step">The step, from 1.</param>
/// <param name="place">The layer or parameter where it began.</param>
/// <param name="what">What was seen, and where it began.</param>
public sealed class NonFiniteLossException(long step, string place, string what)
    : RunException($"{what}. Lower train.optimizer's lr, clip the gradients (train.clipping), or look for extreme values in the data")
{
    public long Step { get; } = step;

    public string Place { get; } = place;
}
