using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// 1 − Σ (y − y')² / Σ (y − ȳ)² for each output, then the mean over outputs. As <c>sklearn.metrics.r2_score</c>: an output
/// whose targets are all equal counts 1 when every prediction is right, else 0. Undefined for fewer than two samples.
/// </summary>
[Description("The part of the target's variance that is explained: 1 perfect, 0 as good as its mean.")]
public sealed record R2 : RegressionMetric
{
    public override string Name => "r2";

    public override Better Better => Better.More;

    public override RegressionAccumulator Start(int outputs) => new Variances(outputs);

    // Welford's running mean and squared distances, merged by Chan, Golub and LeVeque's formula (1979).
    private sealed class Variances(int outputs) : RegressionAccumulator
    {
        private readonly CompensatedSum[] _errors = new CompensatedSum[outputs];
        private readonly double[] _means = new double[outputs];
        private readonly double[] _squares = new double[outputs];
        private long _samples;

        public override void Add(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets)
        {
            for (int start = 0; start < targets.Length; start += outputs)
            {
                _samples++;
                for (int o = 0; o < outputs; o++)
                {
                    double target = targets[start + o], error = target - predictions[start + o];
                    double distance = target - _means[o];
                    _means[o] += distance / _samples;
                    _squares[o] += distance * (target - _means[o]);
                    _errors[o].Add(error * error);
                }
            }
        }

        public override void Merge(RegressionAccumulator other)
        {
            Variances same = other as Variances ?? throw new ArgumentException($"expected an R2 to merge, got a {other.GetType().Name}", nameof(other));
            if (same._samples == 0)
                return;
            double samples = _samples + same._samples;
            for (int o = 0; o < outputs; o++)
            {
                double distance = same._means[o] - _means[o];
                _means[o] += distance * (same._samples / samples);
                _squares[o] += same._squares[o] + distance * distance * (_samples * (same._samples / samples));
                _errors[o].Add(same._errors[o]);
            }
            _samples += same._samples;
        }

        public override MetricValue Result()
        {
            if (_samples < 2)
                return MetricValue.None($"it needs at least two samples, there are {_samples}");
            double sum = 0;
            for (int o = 0; o < outputs; o++)
            {
                double error = _errors[o].Value;
                sum += _squares[o] == 0 ? (error == 0 ? 1 : 0) : 1 - error / _squares[o];
            }
            return MetricValue.Of(sum / outputs);
        }
    }
}
