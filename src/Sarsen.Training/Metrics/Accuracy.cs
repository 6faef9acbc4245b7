using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>Correct / samples. As <c>sklearn.metrics.accuracy_score</c>.</summary>
[Description("The part of samples whose most likely class is the true one.")]
public sealed record Accuracy : ClassificationMetric
{
    public override string Name => "accuracy";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes) =>
        new CountingAccumulator(classes, static c => MetricValue.Of((double)c.TotalCorrect / c.Samples));
}
