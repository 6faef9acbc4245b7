using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>1/N Σ |y − y'| / max(|y|, 2⁻⁵²), 1 being 100 %. As <c>sklearn.metrics.mean_absolute_percentage_error</c>: huge where a target is 0.</summary>
[Description("Mean absolute error as a part of the target.")]
public sealed record MeanAbsolutePercentageError : RegressionMetric
{
    public override string Name => "mape";

    public override Better Better => Better.Less;

    public override RegressionAccumulator Start(int outputs) => new OutputMeans(outputs, static (p, y) => Math.Abs(p - y) / Math.Max(Math.Abs(y), 1.0 / (1L << 52)));
}
