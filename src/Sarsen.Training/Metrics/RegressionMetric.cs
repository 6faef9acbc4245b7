namespace Sarsen.Training.Metrics;

/// <summary>A metric of predicted values against true ones; of several outputs, the mean over outputs.</summary>
public abstract record RegressionMetric : Metric
{
    public override MetricTask Task => MetricTask.Regression;

    /// <summary>An empty accumulator.</summary>
    /// <param name="outputs">Values a sample.</param>
    public abstract RegressionAccumulator Start(int outputs);
}

/// <summary>What a <see cref="RegressionMetric"/> has seen. Merging is adding the other's samples after one's own.</summary>
public abstract class RegressionAccumulator
{
    /// <param name="predictions">(N, outputs), finite.</param>
    /// <param name="targets">(N, outputs), finite.</param>
    public abstract void Add(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets);

    /// <exception cref="ArgumentException"><paramref name="other"/> was started by another metric.</exception>
    public abstract void Merge(RegressionAccumulator other);

    public abstract MetricValue Result();
}
