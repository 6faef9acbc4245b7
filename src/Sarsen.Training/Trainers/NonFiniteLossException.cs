using Sarsen.Training.Runs;

namespace Sarsen.Training.Trainers;

/// <summary>The loss of a step was not a number, or infinite. The weights are those before the step.</summary>
/// <param name="step">The step, from 1.</param>
/// <param name="place">The layer or parameter where it began.</param>
/// <param name="message">All of it, with what to do.</param>
public sealed class NonFiniteLossException(long step, string place, string message) : RunException(message)
{
    public long Step { get; } = step;

    public string Place { get; } = place;
}
