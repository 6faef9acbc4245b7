using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Training.Metrics;

/// <summary>One fold's outcome.</summary>
/// <param name="Fold">From 1.</param>
/// <param name="Report">What its held-out part gave.</param>
/// <param name="Seconds">The time its task took, Tᵢ.</param>
public sealed record FoldResult(int Fold, EvaluationReport Report, double Seconds);

/// <summary>A metric over all folds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Better">Which way it gets better.</param>
/// <param name="Mean">The mean of the defined values; null when there is none.</param>
/// <param name="Deviation">The sample deviation √(Σ (v − mean)² / (k − 1)) of the k defined values; null below two.</param>
/// <param name="Values">By fold; null where undefined.</param>
public sealed record MetricSummary(string Name, Better Better, double? Mean, double? Deviation, IReadOnlyList<double?> Values)
{
    /// <summary>Mean and deviation of values of which some may be undefined.</summary>
    public static MetricSummary Of(string name, Better better, IReadOnlyList<double?> values)
    {
        double[] defined = [.. values.OfType<double>()];
        if (defined.Length == 0)
            return new MetricSummary(name, better, null, null, values);
        double mean = defined.Sum() / defined.Length;
        double? deviation = defined.Length < 2 ? null : Math.Sqrt(defined.Sum(v => (v - mean) * (v - mean)) / (defined.Length - 1));
        return new MetricSummary(name, better, mean, deviation, values);
    }
}

/// <summary>What k folds gave together.</summary>
public sealed record CrossValidationReport
{
    public required IReadOnlyList<FoldResult> Folds { get; init; }

    public required IReadOnlyList<MetricSummary> Metrics { get; init; }

    /// <summary>The total task time T = Σ Tᵢ.</summary>
    public required double TaskSeconds { get; init; }

    /// <summary>From the start of the first fold to the end of the last.</summary>
    public required double WallSeconds { get; init; }

    /// <param name="folds">At least one, all with the same metrics.</param>
    /// <param name="wallSeconds">From the start of the first fold to the end of the last.</param>
    /// <exception cref="ArgumentException">There is no fold, or two measured different metrics.</exception>
    public static CrossValidationReport Of(IReadOnlyList<FoldResult> folds, double wallSeconds)
    {
        if (folds.Count == 0)
            throw new ArgumentException("expected at least one fold, got none", nameof(folds));
        IReadOnlyList<MetricResult> first = folds[0].Report.Metrics;
        foreach (FoldResult fold in folds)
        {
            if (!fold.Report.Metrics.Select(m => m.Name).SequenceEqual(first.Select(m => m.Name)))
                throw new ArgumentException($"fold {fold.Fold} measured other metrics than fold {folds[0].Fold}", nameof(folds));
        }
        return new CrossValidationReport
        {
            Folds = folds,
            Metrics = [.. first.Select(m => MetricSummary.Of(m.Name, m.Better, [.. folds.Select(f => f.Report[m.Name].Value)]))],
            TaskSeconds = folds.Sum(f => f.Seconds),
            WallSeconds = wallSeconds,
        };
    }

    /// <summary>T over wall time: how much the folds ran side by side.</summary>
    [JsonIgnore]
    public double Speedup => WallSeconds > 0 ? TaskSeconds / WallSeconds : 1;

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.CrossValidationReport);

    /// <exception cref="JsonException">The text is no report.</exception>
    public static CrossValidationReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, EvaluationJson.Default.CrossValidationReport) ?? throw new JsonException("expected a report, found null");

    public string ToText() => EvaluationText.Of(this);
}
