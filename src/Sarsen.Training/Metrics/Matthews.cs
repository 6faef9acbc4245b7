using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// (c s − Σ pₖ tₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)), with c correct of s samples, pₖ predicted as class k and tₖ of it
/// (Gorodkin, 2004); 0 where the denominator is. As <c>sklearn.metrics.matthews_corrcoef</c>.
/// </summary>
[Description("Correlation of predicted and true classes: 1 perfect, 0 chance, negative worse than chance.")]
public sealed record Matthews : ClassificationMetric
{
    public override string Name => "matthews";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes) => new CountingAccumulator(classes, static counts =>
    {
        Int128 samples = counts.Samples, both = 0, predicted = 0, actual = 0;
        for (int c = 0; c < counts.Classes; c++)
        {
            both += (Int128)counts.Predicted[c] * counts.Actual[c];
            predicted += (Int128)counts.Predicted[c] * counts.Predicted[c];
            actual += (Int128)counts.Actual[c] * counts.Actual[c];
        }
        double scale = Math.Sqrt((double)(samples * samples - predicted)) * Math.Sqrt((double)(samples * samples - actual));
        return MetricValue.Of(scale == 0 ? 0 : (double)(counts.TotalCorrect * samples - both) / scale);
    });
}
