using System.Text.Json.Serialization;

namespace Sarsen.Training.Metrics;

/// <summary>What a metric is about.</summary>
public enum MetricTask
{
    Classification,
    Regression,
    Language,
}

/// <summary>Which way a metric gets better.</summary>
public enum Better
{
    [JsonStringEnumMemberName("more")]
    More,

    [JsonStringEnumMemberName("less")]
    Less,
}

/// <summary>
/// A metric as it is declared: a record that may stand in a spec. What it has seen is held by the accumulator that it
/// starts. All sums are f64, in the order of the samples, so a value does not depend on the batch size.
/// </summary>
public abstract record Metric
{
    /// <summary>The name of its value, in snake_case: <c>accuracy</c>, <c>f1_macro</c>, <c>top_3_accuracy</c>.</summary>
    public abstract string Name { get; }

    public abstract MetricTask Task { get; }

    public abstract Better Better { get; }
}
