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
/// <param name="output">The values themselves, or the exponential where the network gives logarithms.</param>
public sealed class RegressionTask(Pipeline pipeline, OutputFunction output = OutputFunction.None) : LearningTask
{
    public override MetricTask Kind => MetricTask.Regression;

    public override OutputFunction Output => output;

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

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ValueMeasurement(new RegressionEvaluator(Outputs, metrics), pipeline, output);

    private sealed class ValueMeasurement(RegressionEvaluator evaluator, Pipeline pipeline, OutputFunction output) : Measurement
    {
        private float[] _predicted = [], _targets = [];

        public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
            evaluator.Add(Decoded(results, output, ref _predicted), Decoded(MemoryMarshal.Cast<byte, float>(stored), OutputFunction.None, ref _targets));

        public override EvaluationReport Report() => evaluator.Report();

        private ReadOnlySpan<float> Decoded(ReadOnlySpan<float> values, OutputFunction output, ref float[] buffer)
        {
            if (buffer.Length < values.Length)
                buffer = new float[values.Length];
            Span<float> decoded = buffer.AsSpan(0, values.Length);
            values.CopyTo(decoded);
            if (output == OutputFunction.Exp)
            {
                foreach (ref float value in decoded)
                    value = MathF.Exp(value);
            }
            pipeline.Decode(decoded);
            return decoded;
        }
    }
}
