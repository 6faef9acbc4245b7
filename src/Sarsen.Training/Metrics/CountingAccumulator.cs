namespace Sarsen.Training.Metrics;

/// <summary>For metrics that follow from <see cref="ClassCounts"/>.</summary>
internal sealed class CountingAccumulator(int classes, Func<ClassCounts, MetricValue> result) : ClassificationAccumulator
{
    private readonly ClassCounts _counts = new(classes);

    public override void Add(in ClassificationBatch batch) => _counts.Add(batch);

    public override void Merge(ClassificationAccumulator other) => _counts.Merge(Same<CountingAccumulator>(other)._counts);

    public override MetricValue Result() => _counts.Samples == 0 ? MetricValue.NoSamples : result(_counts);
}
