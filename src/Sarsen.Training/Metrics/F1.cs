using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>2 precision recall / (precision + recall), 0 where both are 0. As <c>sklearn.metrics.f1_score</c>.</summary>
[Description("The harmonic mean of precision and recall.")]
[DefaultProperty(nameof(Average))]
public sealed record F1 : AveragedMetric
{
    protected override string BareName => "f1";

    protected override double Score(long correct, long predicted, long actual, double zeroDivision) =>
        Of(correct, predicted, actual, zeroDivision);

    internal static double Of(long correct, long predicted, long actual, double zeroDivision)
    {
        double precision = Precision.Of(correct, predicted, zeroDivision);
        double recall = Recall.Of(correct, actual, zeroDivision);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }
}
