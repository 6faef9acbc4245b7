using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Training.Metrics;

/// <summary>A measured metric.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Better">Which way it gets better.</param>
/// <param name="Value">Its value, or null.</param>
/// <param name="Undefined">Why there is none, or null.</param>
public sealed record MetricResult(string Name, Better Better, double? Value, string? Undefined = null)
{
    internal static MetricResult Of(ClassificationMetric metric, ClassificationAccumulator seen) => Of(metric, seen.Result());

    internal static MetricResult Of(RegressionMetric metric, RegressionAccumulator seen) => Of(metric, seen.Result());

    private static MetricResult Of(Metric metric, MetricValue value) => new(metric.Name, metric.Better, value.Value, value.Undefined);
}

/// <summary>One class of a report; a ratio 0/0 is null.</summary>
/// <param name="Label">The class's name.</param>
/// <param name="Precision">Of the samples predicted as it, the part that has it.</param>
/// <param name="Recall">Of its samples, the part predicted as it.</param>
/// <param name="F1">2 · correct / (predicted + actual).</param>
/// <param name="Support">Its samples.</param>
public sealed record ClassRow(string Label, double? Precision, double? Recall, double? F1, long Support)
{
    internal static ClassRow Of(string label, ClassCounts counts, int c)
    {
        long correct = counts.Correct[c], predicted = counts.Predicted[c], actual = counts.Actual[c];
        return new ClassRow(label,
            predicted == 0 ? null : (double)correct / predicted,
            actual == 0 ? null : (double)correct / actual,
            predicted + actual == 0 ? null : 2.0 * correct / (predicted + actual),
            actual);
    }
}

/// <summary>What an evaluation found.</summary>
public sealed record EvaluationReport
{
    public required long Samples { get; init; }

    public required IReadOnlyList<MetricResult> Metrics { get; init; }

    /// <summary>For classes: a row each, else null.</summary>
    public IReadOnlyList<ClassRow>? Classes { get; init; }

    /// <summary>For up to <see cref="ConfusionMatrix.MaxClasses"/> classes: samples by true (rows) and predicted class, else null.</summary>
    public IReadOnlyList<IReadOnlyList<long>>? Confusion { get; init; }

    /// <summary>The value of a metric.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public MetricResult this[string name] => Metrics.FirstOrDefault(m => m.Name == name)
        ?? throw new KeyNotFoundException($"no metric '{name}' was measured; there are: {string.Join(", ", Metrics.Select(m => m.Name))}");

    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationReport);

    /// <exception cref="JsonException">The text is no report.</exception>
    public static EvaluationReport FromJson(string json) =>
        JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationReport) ?? throw new JsonException("expected a report, found null");

    /// <summary>Plain text for a terminal: metrics, classes, and the confusion matrix of up to 20 classes.</summary>
    public string ToText() => EvaluationText.Of(this);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(CrossValidationReport))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
