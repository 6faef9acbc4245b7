using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tasks;

/// <summary>
/// Values: the network gives one for each target column. Losses are in the units that steps scaled the columns to,
/// metrics in the columns' own.
/// </summary>
/// <param name="pipeline">Its target columns, and how their values are scaled back.</param>
public sealed class RegressionTask(Pipeline pipeline) : LearningTask
{
    public override MetricTask Kind => MetricTask.Regression;

    public override OutputFunction Output => OutputFunction.None;

    public override int Outputs => pipeline.Target.Columns.Count;

    public override int TargetBytes => Outputs * sizeof(float);

    private protected override string Wanted => Outputs == 1 ? "one value" : $"{Outputs} values";

    private protected override string? WhyNotBehind(string? function) => null;

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Tensor target = scope.Empty(DType.F32, new Shape(rows, Outputs));
        if (scope.Mode != Mode.Shapes)
            stored.CopyTo(target.Bytes);
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ValueMeasurement(new RegressionEvaluator(Outputs, metrics), pipeline);

    private sealed class ValueMeasurement(RegressionEvaluator evaluator, Pipeline pipeline) : Measurement
    {
        private float[] _predicted = [], _targets = [];

        public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
            evaluator.Add(Decoded(results, ref _predicted), Decoded(MemoryMarshal.Cast<byte, float>(stored), ref _targets));

        public override EvaluationReport Report() => evaluator.Report();

        private ReadOnlySpan<float> Decoded(ReadOnlySpan<float> values, ref float[] buffer)
        {
            if (buffer.Length < values.Length)
                buffer = new float[values.Length];
            Span<float> decoded = buffer.AsSpan(0, values.Length);
            values.CopyTo(decoded);
            pipeline.Decode(decoded);
            return decoded;
        }
    }
}
