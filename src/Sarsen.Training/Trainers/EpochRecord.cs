using Sarsen.Training.Metrics;

namespace Sarsen.Training.Trainers;

/// <summary>What an epoch gave. Times are not in it: it is part of the state that resumes to the same bits.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">Steps made at its end.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="TrainLoss">The mean loss of its samples, each at the weights of its step.</param>
/// <param name="ValidationLoss">The mean loss of the validation split; null when it was not validated.</param>
/// <param name="Validation">The metrics of the validation split; null when it was not validated.</param>
public sealed record EpochRecord(int Epoch, long Step, double LearningRate, double TrainLoss, double? ValidationLoss, IReadOnlyList<MetricResult>? Validation)
{
    /// <summary>The value that a spec names: train_loss, validation_loss or validation_ and a metric; null when it was not measured.</summary>
    public double? Value(string watched) => watched switch
    {
        "train_loss" => TrainLoss,
        "validation_loss" => ValidationLoss,
        _ => Validation?.FirstOrDefault(m => "validation_" + m.Name == watched)?.Value,
    };
}
