using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>1/N Σ (y − y')². As <c>sklearn.metrics.mean_squared_error</c>.</summary>
[Description("Mean squared error.")]
public sealed record MeanSquaredError : RegressionMetric
{
    public override string Name => "mse";

    public override Better Better => Better.Less;

    public override RegressionAccumulator Start(int outputs) => new OutputMeans(outputs, static (p, y) => (p - y) * (p - y));
}
