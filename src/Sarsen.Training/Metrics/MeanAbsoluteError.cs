using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>1/N Σ |y − y'|. As <c>sklearn.metrics.mean_absolute_error</c>.</summary>
[Description("Mean absolute error, in units of the target.")]
public sealed record MeanAbsoluteError : RegressionMetric
{
    public override string Name => "mae";

    public override Better Better => Better.Less;

    public override RegressionAccumulator Start(int outputs) => new OutputMeans(outputs, static (p, y) => Math.Abs(p - y));
}
