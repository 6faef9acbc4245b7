using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Metrics;

/// <summary>
/// Σ_b (n_b / N) |accuracy_b − confidence_b| over bins of equal width (b/B, (b+1)/B] of the most likely class's
/// probability: Guo and others, «On calibration of modern neural networks», 2017.
/// </summary>
[Description("How far the probability of the predicted class is from the part that is correct (expected calibration error).")]
[DefaultProperty(nameof(Bins))]
public sealed record CalibrationError : ClassificationMetric
{
    [Description("Bins of equal width over [0, 1]."), Range(1, 100_000)]
    public int Bins { get; init; } = 15;

    public override string Name => "calibration_error";

    public override Better Better => Better.Less;

    public override ClassificationAccumulator Start(int classes) => new Binned(Bins);

    private sealed class Binned(int bins) : ClassificationAccumulator
    {
        private readonly CompensatedSum[] _confidence = new CompensatedSum[bins];
        private readonly long[] _correct = new long[bins];
        private long _samples;

        public override void Add(in ClassificationBatch batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                double confidence = batch.Row(i)[batch.Predicted[i]];
                int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
                _confidence[bin].Add(confidence);
                _correct[bin] += batch.Predicted[i] == batch.Targets[i] ? 1 : 0;
            }
            _samples += batch.Count;
        }

        public override void Merge(ClassificationAccumulator other)
        {
            var same = Same<Binned>(other);
            for (int b = 0; b < bins; b++)
            {
                _confidence[b].Add(same._confidence[b]);
                _correct[b] += same._correct[b];
            }
            _samples += same._samples;
        }

        public override MetricValue Result()
        {
            if (_samples == 0)
                return MetricValue.NoSamples;
            double sum = 0;
            for (int b = 0; b < bins; b++)
                sum += Math.Abs(_correct[b] - _confidence[b].Value);
            return MetricValue.Of(sum / _samples);
        }
    }
}
