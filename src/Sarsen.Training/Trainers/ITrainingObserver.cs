namespace Sarsen.Training.Trainers;

/// <summary>Who looks on while a network trains: a progress bar, an event log. Called on the training thread.</summary>
public interface ITrainingObserver
{
    /// <summary>A step was made. It must not allocate: it is part of the step.</summary>
    void Step(in StepReport report);

    /// <summary>An epoch ended, and its validation with it.</summary>
    void Epoch(EpochRecord record, double seconds);

    /// <summary>The state was saved.</summary>
    void Checkpoint(TrainingState state, bool best);
}

/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">Of how many.</param>
/// <param name="Step">Steps made.</param>
/// <param name="TotalSteps">Of how many, should nothing end it before.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="Samples">Samples of this step.</param>
/// <param name="LearningRate">Of this step.</param>
public readonly record struct StepReport(int Epoch, int Epochs, long Step, long TotalSteps, double Loss, int Samples, double LearningRate);
