using System.Runtime.InteropServices;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tasks;

/// <summary>The next token of each of T in a window: the network gives (T, vocabulary) logits.</summary>
/// <param name="vocabulary">How many tokens there are.</param>
/// <param name="length">T.</param>
public sealed class NextTokenTask(int vocabulary, int length) : LearningTask
{
    /// <summary>Logits that are measured at once: some tens of megabytes, with their probabilities in f64.</summary>
    private const long MeasuredLogits = 1 << 22;

    /// <exception cref="RunException">Samples are no windows of tokens.</exception>
    internal static NextTokenTask Of(Pipeline pipeline)
    {
        if (pipeline.Tokenizer is null || pipeline.VocabularySize is not { } vocabulary)
            throw new RunException($"train.loss next_token learns to continue texts, samples here are {pipeline.Input.Type} of shape {pipeline.Input.Shape}: let preprocess be token_windows over a column of text");
        return new NextTokenTask(vocabulary, (int)pipeline.Input.Shape[0]);
    }

    public override MetricTask Kind => MetricTask.Language;

    public override OutputFunction Output => OutputFunction.Softmax;

    public override int Outputs => vocabulary;

    public override Shape ResultShape => new(length, vocabulary);

    public override int TargetBytes => length * sizeof(long);

    public override int MeasuredAtOnce => (int)Math.Clamp(MeasuredLogits / ((long)length * vocabulary), 1, base.MeasuredAtOnce);

    private protected override string Wanted => $"the next of {vocabulary} tokens at each of {length} places";

    private protected override string Cure => $"take the preset decoder or gpt, or end it with linear: {vocabulary} at each place";

    private protected override string? WhyNotBehind(string? function) => function is null
        ? null
        : $"next_token contains the softmax, which here would be applied to what {function} gives: take the {function} away";

    public override Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows)
    {
        Tensor target = scope.Empty(DType.I64, new Shape(rows, length));
        if (scope.Mode != Mode.Shapes)
            stored.CopyTo(target.Bytes);
        return target;
    }

    public override Measurement Measure(IReadOnlyList<Metric> metrics) => new TokenMeasurement(new ClassificationEvaluator(vocabulary, ScoreKind.Logits, metrics));

    private sealed class TokenMeasurement(ClassificationEvaluator evaluator) : Measurement
    {
        public override void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored) =>
            evaluator.Add(results, MemoryMarshal.Cast<byte, long>(stored));

        // Of tokens, a row for each would say little and fill pages.
        public override EvaluationReport Report() => evaluator.Report() with { Classes = null, Confusion = null };

        public override void Dispose() => evaluator.Dispose();
    }
}
