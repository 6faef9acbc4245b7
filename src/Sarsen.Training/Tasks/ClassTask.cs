using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tasks;

/// <summary>One class of several: the network gives a logit, or a log-probability, for each.</summary>
/// <param name="classes">Their names, in order.</param>
/// <param name="output">Softmax of logits, or the exponential of log-probabilities.</param>
/// <param name="ignoreIndex">The target that counts for nothing.</param>
/// <param name="loss">The loss, as specs name it.</param>
public sealed class ClassTask(IReadOnlyList<string> classes, OutputFunction output, long ignoreIndex, string loss = "cross_entropy") : LearningTask
{
    /// <exception cref="RunException">The class weights are not one for each class.</exception>
    internal static ClassTask Of(Pipeline pipeline, OutputFunction output, IReadOnlyList<double>? weights, long ignoreIndex, string loss = "cross_entropy")
    {
        IReadOnlyList<string> classes = pipeline.Target.Classes;
        if (weights is not null && weights.Count != classes.Count)
            throw new RunException($"train.loss has {weights.Count} class_weights, the data has {classes.Count} classes ({string.Join(", ", classes.Take(10))}): give one for each, in this order");
        return new ClassTask(classes, output, ignoreIndex, loss);
    }

    public override MetricTask Kind => MetricTask.Classification;

    public override OutputFunction Output => output;

    public override int Outputs => classes.Count;

    public override IReadOnlyList<string> Classes => classes;

    public override int TargetBytes => sizeof(long);

    private protected override string Wanted => $"a choice of {classes.Count} classes";

    private protected override string? WhyNotBehind(string? function) => output switch
    {
        OutputFunction.Exp when function != "log_softmax" =>
            $"nll takes log-probabilities, but the network ends in {function ?? "something else"}: end it with log_softmax, or use cross_entropy, which contains it",
        OutputFunction.Softmax when function is not null =>
            $"{loss} contains the softmax, which here would be applied to what {function} gives: take the {function} away",
        _ => null,
    };

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Tensor target = scope.Empty(DType.I64, new Shape(rows));
        if (scope.Mode != Mode.Shapes)
            stored.CopyTo(target.Bytes);
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new ClassMeasurement(new ClassificationEvaluator(Outputs, ScoreKind.Logits, metrics, classes, ignoreIndex));
}
