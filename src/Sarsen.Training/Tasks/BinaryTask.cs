using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tasks;

/// <summary>One class of two: the network gives one logit, that of the second class.</summary>
/// <param name="classes">Their names; the second one is the positive.</param>
/// <param name="loss">The loss, as specs name it.</param>
public sealed class BinaryTask(IReadOnlyList<string> classes, string loss = "bce_with_logits") : LearningTask
{
    /// <exception cref="RunException">The data has not two classes, or there is not one weight.</exception>
    internal static BinaryTask Of(Pipeline pipeline, string loss, IReadOnlyList<double>? posWeight = null)
    {
        IReadOnlyList<string> classes = pipeline.Target.Classes;
        if (classes.Count != 2)
            throw new RunException($"train.loss {loss} tells two classes apart, the data has {classes.Count} ({string.Join(", ", classes.Take(10))}): use {(loss == "binary_focal" ? "focal" : "cross_entropy")}");
        if (posWeight is { Count: not 1 })
            throw new RunException($"train.loss has {posWeight.Count} pos_weight, the network has one output: give one");
        return new BinaryTask(classes, loss);
    }

    public override MetricTask Kind => MetricTask.Classification;

    public override OutputFunction Output => OutputFunction.Sigmoid;

    public override int Outputs => 1;

    public override IReadOnlyList<string> Classes => classes;

    public override int TargetBytes => sizeof(long);

    private protected override string Wanted => $"a choice between '{classes[0]}' and '{classes[1]}' by binary cross-entropy";

    private protected override string? WhyNotBehind(string? function) => function is null
        ? null
        : $"{loss} contains the sigmoid, which here would be applied to what {function} gives: take the {function} away";

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
