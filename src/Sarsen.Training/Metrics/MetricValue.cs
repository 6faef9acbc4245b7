namespace Sarsen.Training.Metrics;

/// <summary>A metric's value, or the reason why the data does not define one: never a silent NaN.</summary>
public readonly record struct MetricValue
{
    private MetricValue(double? value, string? undefined)
    {
        Value = value;
        Undefined = undefined;
    }

    /// <summary>The value, or null when it is undefined.</summary>
    public double? Value { get; }

    /// <summary>Why there is none, or null.</summary>
    public string? Undefined { get; }

    public static MetricValue NoSamples { get; } = None("there are no samples");

    public static MetricValue Of(double value) =>
        double.IsFinite(value) ? new(value, null) : None("the result is beyond the range of f64");

    public static MetricValue None(string reason) => new(null, reason);
}
