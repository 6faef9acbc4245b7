using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>Correct / actual. As <c>sklearn.metrics.recall_score</c>.</summary>
[Description("Of the samples of a class, the part predicted as it.")]
[DefaultProperty(nameof(Average))]
public sealed record Recall : AveragedMetric
{
    protected override string BareName => "recall";

    protected override double Score(long correct, long predicted, long actual, double zeroDivision) =>
        Of(correct, actual, zeroDivision);

    internal static double Of(long correct, long actual, double zeroDivision) =>
        actual == 0 ? zeroDivision : (double)correct / actual;
}
