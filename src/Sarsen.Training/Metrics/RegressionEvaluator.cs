using System.Globalization;

namespace Sarsen.Training.Metrics;

/// <summary>Measures predicted values batch by batch.</summary>
public sealed class RegressionEvaluator
{
    private readonly int _outputs;
    private readonly IReadOnlyList<RegressionMetric> _metrics;
    private readonly RegressionAccumulator[] _accumulators;
    private long _samples;

    /// <param name="outputs">Values a sample.</param>
    /// <param name="metrics">What is measured.</param>
    /// <exception cref="ArgumentException">A metric is not for values.</exception>
    public RegressionEvaluator(int outputs, IReadOnlyList<Metric> metrics)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _outputs = outputs;
        _metrics = [.. metrics.Select(m => m as RegressionMetric
            ?? throw new ArgumentException($"{m.Name} measures {m.Task.ToString().ToLowerInvariant()}, this model predicts values", nameof(metrics)))];
        _accumulators = [.. _metrics.Select(m => m.Start(outputs))];
    }

    /// <summary>Adds N samples.</summary>
    /// <param name="predictions">(N, outputs), finite.</param>
    /// <param name="targets">(N, outputs), finite.</param>
    /// <exception cref="ArgumentException">Lengths do not fit, or a value is not finite; nothing was added.</exception>
    public void Add(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        if (predictions.Length != targets.Length || targets.Length % _outputs != 0)
            throw new ArgumentException($"expected as many predictions as targets, {_outputs} a sample, got {predictions.Length} and {targets.Length}", nameof(predictions));
        Check(predictions, "prediction");
        Check(targets, "target");
        foreach (RegressionAccumulator accumulator in _accumulators)
            accumulator.Add(predictions, targets);
        _samples += targets.Length / _outputs;
    }

    /// <summary>Adds another's samples after these.</summary>
    /// <exception cref="ArgumentException">The other measures other metrics or other outputs.</exception>
    public void Merge(RegressionEvaluator other)
    {
        if (!_metrics.SequenceEqual(other._metrics) || _outputs != other._outputs)
            throw new ArgumentException("two evaluators merge when they measure the same metrics of the same outputs", nameof(other));
        for (int i = 0; i < _accumulators.Length; i++)
            _accumulators[i].Merge(other._accumulators[i]);
        _samples += other._samples;
    }

    public EvaluationReport Report() => new()
    {
        Samples = _samples,
        Metrics = [.. _metrics.Zip(_accumulators, MetricResult.Of)],
    };

    private void Check(ReadOnlySpan<float> values, string what)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new ArgumentException($"sample {i / _outputs}: the {what} is {values[i].ToString(CultureInfo.InvariantCulture)}, which is no finite number");
        }
    }
}
