using Sarsen.Data.Sources;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Optimisation;

/// <summary>How a model is made smaller and faster.</summary>
public sealed record OptimisationOptions
{
    public required WeightFormat To { get; init; }

    /// <summary>
    /// For int8: the part of the model's own data whose runs fix what inputs lie between. Null, and without
    /// <see cref="CalibrationRows"/>: each sample's own range, which costs a pass over each input.
    /// </summary>
    public EvaluatedPart? CalibrationPart { get; init; }

    /// <summary>For int8: other rows that fix what inputs lie between.</summary>
    public DataSource? CalibrationRows { get; init; }

    /// <summary>Labelled rows to measure on; the test part of the model's own data when null.</summary>
    public DataSource? Rows { get; init; }

    /// <summary>The most that <see cref="Metric"/> may get worse, as a part of its value: 0.005 is 0.5 %. Null, and nothing is refused.</summary>
    public double? MaxLoss { get; init; }

    /// <summary>The metric that <see cref="MaxLoss"/> is about; the first of the spec when null.</summary>
    public string? Metric { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
