using System.Runtime.InteropServices;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tasks;

/// <summary>One class of two: the network gives one logit, that of the second class.</summary>
/// <param name="classes">Their names; the second one is the positive.</param>
public sealed class BinaryTask(IReadOnlyList<string> classes) : LearningTask
{
    public override MetricTask Kind => MetricTask.Classification;

    public override OutputFunction Output => OutputFunction.Sigmoid;

    public override int Outputs => 1;

    public override IReadOnlyList<string> Classes => classes;

    public override int TargetBytes => sizeof(long);

    private protected override string Wanted => $"a choice between '{classes[0]}' and '{classes[1]}' by binary cross-entropy";

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Tensor target = scope.Empty(DType.F32, new Shape(rows, 1));
        if (scope.Mode != Mode.Shapes)
        {
            ReadOnlySpan<long> from = MemoryMarshal.Cast<byte, long>(stored);
            Span<float> to = target.AsSpan<float>();
            for (int i = 0; i < to.Length; i++)
                to[i] = from[i];
        }
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ClassMeasurement(new ClassificationEvaluator(1, ScoreKind.Logits, metrics, classes));
}
