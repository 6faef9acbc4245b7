using Sarsen.Models;
using Sarsen.Training.Metrics;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>What a run gave.</summary>
public sealed record RunResult
{
    /// <summary>The run's folder.</summary>
    public required string Folder { get; init; }

    public required RunStatus Status { get; init; }

    public TrainingEnd? End { get; init; }

    /// <summary>The finished model's folder; null when the run was interrupted or cross-validated.</summary>
    public string? Model { get; init; }

    /// <summary>The trained network; null like <see cref="Model"/>.</summary>
    public Network? Network { get; init; }

    public TrainingState? State { get; init; }

    public EvaluationReport? Validation { get; init; }

    public EvaluationReport? Test { get; init; }

    public CrossValidationReport? CrossValidation { get; init; }

    /// <summary>What the model was measured at last: the test split, else the validation split.</summary>
    public EvaluationReport? HeldOut => Test ?? Validation;
}
