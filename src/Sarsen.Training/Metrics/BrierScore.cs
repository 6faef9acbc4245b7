using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// Two classes: (1/N) Σ (p₁ − y)², as <c>sklearn.metrics.brier_score_loss</c>. More: (1/N) Σ Σₖ (pₖ − yₖ)², the form of
/// Brier, 1950, which is twice the other for two classes.
/// </summary>
[Description("Mean squared distance of the probabilities from the truth.")]
public sealed record BrierScore : ClassificationMetric
{
    public override string Name => "brier_score";

    public override Better Better => Better.Less;

    public override ClassificationAccumulator Start(int classes) => new MeanAccumulator(static (in ClassificationBatch batch, int sample) =>
    {
        ReadOnlySpan<double> row = batch.Row(sample);
        int target = batch.Targets[sample];
        if (row.Length == 2)
            return (row[1] - target) * (row[1] - target);
        double sum = 0;
        for (int c = 0; c < row.Length; c++)
        {
            double distance = row[c] - (c == target ? 1 : 0);
            sum += distance * distance;
        }
        return sum;
    });
}
