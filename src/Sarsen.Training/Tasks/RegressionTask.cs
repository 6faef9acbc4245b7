using System.Runtime.InteropServices;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tasks;

/// <summary>Values: the network gives one for each target.</summary>
/// <param name="outputs">How many.</param>
public sealed class RegressionTask(int outputs) : LearningTask
{
    public override MetricTask Kind => MetricTask.Regression;

    public override OutputFunction Output => OutputFunction.None;

    public override int Outputs => outputs;

    public override int TargetBytes => outputs * sizeof(float);

    private protected override string Wanted => outputs == 1 ? "one value" : $"{outputs} values";

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Tensor target = scope.Empty(DType.F32, new Shape(rows, outputs));
        if (scope.Mode != Mode.Shapes)
            stored.CopyTo(target.Bytes);
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ValueMeasurement(new RegressionEvaluator(outputs, metrics));

    private sealed class ValueMeasurement(RegressionEvaluator evaluator) : Measurement
    {
        public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
            evaluator.Add(results, MemoryMarshal.Cast<byte, float>(stored));

        public override EvaluationReport Report() => evaluator.Report();
    }
}
