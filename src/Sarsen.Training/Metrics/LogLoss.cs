using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// −(1/N) Σ ln p(true class), each row's probabilities first held within [2⁻⁵², 1 − 2⁻⁵²] and scaled to sum to 1. As
/// <c>sklearn.metrics.log_loss</c> on f64.
/// </summary>
[Description("Mean negative logarithm of the probability given to the true class.")]
public sealed record LogLoss : ClassificationMetric
{
    private const double Epsilon = 1.0 / (1L << 52);

    public override string Name => "log_loss";

    public override Better Better => Better.Less;

    public override ClassificationAccumulator Start(int classes) => new MeanAccumulator(static (in ClassificationBatch batch, int sample) =>
    {
        double sum = 0;
        foreach (double p in batch.Row(sample))
            sum += Math.Clamp(p, Epsilon, 1 - Epsilon);
        return -Math.Log(Math.Clamp(batch.Row(sample)[batch.Targets[sample]], Epsilon, 1 - Epsilon) / sum);
    });
}
