namespace Sarsen.Training.Metrics;

/// <summary>A score of one sample of a batch.</summary>
internal delegate double SampleScore(in ClassificationBatch batch, int sample);

/// <summary>For metrics that are a function of a mean over samples.</summary>
internal sealed class MeanAccumulator(SampleScore score, Func<double, double>? finish = null) : ClassificationAccumulator
{
    private CompensatedSum _sum;
    private long _samples;

    public override void Add(in ClassificationBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
            _sum.Add(score(batch, i));
        _samples += batch.Count;
    }

    public override void Merge(ClassificationAccumulator other)
    {
        var same = Same<MeanAccumulator>(other);
        _sum.Add(same._sum);
        _samples += same._samples;
    }

    public override MetricValue Result()
    {
        if (_samples == 0)
            return MetricValue.NoSamples;
        double mean = _sum.Value / _samples;
        return MetricValue.Of(finish is null ? mean : finish(mean));
    }
}
