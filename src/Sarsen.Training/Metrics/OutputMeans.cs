namespace Sarsen.Training.Metrics;

/// <summary>For regression metrics that are a function of each output's mean error.</summary>
internal sealed class OutputMeans(int outputs, Func<double, double, double> error, Func<double, double>? finish = null) : RegressionAccumulator
{
    private readonly CompensatedSum[] _sums = new CompensatedSum[outputs];
    private long _samples;

    public override void Add(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
    {
        for (int i = 0; i < targets.Length; i++)
            _sums[i % outputs].Add(error(predictions[i], targets[i]));
        _samples += targets.Length / outputs;
    }

    public override void Merge(RegressionAccumulator other)
    {
        OutputMeans same = other as OutputMeans ?? throw new ArgumentException($"expected an {nameof(OutputMeans)} to merge, got a {other.GetType().Name}", nameof(other));
        for (int o = 0; o < outputs; o++)
            _sums[o].Add(same._sums[o]);
        _samples += same._samples;
    }

    public override MetricValue Result()
    {
        if (_samples == 0)
            return MetricValue.NoSamples;
        double sum = 0;
        for (int o = 0; o < outputs; o++)
        {
            double mean = _sums[o].Value / _samples;
            sum += finish is null ? mean : finish(mean);
        }
        return MetricValue.Of(sum / outputs);
    }
}
