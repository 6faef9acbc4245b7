using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>√(1/N Σ (y − y')²), the root taken for each output. As <c>sklearn.metrics.mean_squared_error(squared=False)</c>.</summary>
[Description("Root of the mean squared error, in units of the target.")]
public sealed record RootMeanSquaredError : RegressionMetric
{
    public override string Name => "rmse";

    public override Better Better => Better.Less;

    public override RegressionAccumulator Start(int outputs) => new OutputMeans(outputs, static (p, y) => (p - y) * (p - y), Math.Sqrt);
}
