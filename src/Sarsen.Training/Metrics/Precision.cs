using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>Correct / predicted. As <c>sklearn.metrics.precision_score</c>.</summary>
[Description("Of the samples predicted as a class, the part that has it.")]
[DefaultProperty(nameof(Average))]
public sealed record Precision : AveragedMetric
{
    protected override string BareName => "precision";

    protected override double Score(long correct, long predicted, long actual, double zeroDivision) =>
        Of(correct, predicted, zeroDivision);

    internal static double Of(long correct, long predicted, double zeroDivision) =>
        predicted == 0 ? zeroDivision : (double)correct / predicted;
}
