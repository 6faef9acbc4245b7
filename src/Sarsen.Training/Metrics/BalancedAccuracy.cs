using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>The mean recall of the classes that occur. As <c>sklearn.metrics.balanced_accuracy_score</c>.</summary>
[Description("Accuracy with every class counting the same, however rare.")]
public sealed record BalancedAccuracy : ClassificationMetric
{
    public override string Name => "balanced_accuracy";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes) => new CountingAccumulator(classes, static counts =>
    {
        double sum = 0;
        int present = 0;
        for (int c = 0; c < counts.Classes; c++)
        {
            if (counts.Actual[c] == 0)
                continue;
            sum += (double)counts.Correct[c] / counts.Actual[c];
            present++;
        }
        return MetricValue.Of(sum / present);
    });
}
