using Sarsen.Testing;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tests.Metrics;

public sealed class ClassificationEvaluatorTests
{
    private static IReadOnlyList<Metric> All(int classes) =>
    [
        .. MetricCatalogue.Choices.Choices
            .Select(c => (Metric)(c.Preset?.Invoke() ?? Activator.CreateInstance(c.Type)!))
            .OfType<ClassificationMetric>()
            .Where(m => m is not TopKAccuracy top || top.K <= classes),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void The_batch_size_does_not_change_a_bit(int outputs)
    {
        const int samples = 9_001;
        var random = new Random(3);
        float[] scores = [.. Enumerable.Range(0, samples * outputs).Select(_ => (float)random.Next(-40, 40) / 8)];
        long[] targets = [.. Enumerable.Range(0, samples).Select(_ => (long)random.Next(Math.Max(2, outputs)))];
        string[] reports = [.. new[] { samples, 1, 64 }.Select(batch =>
        {
            using var evaluator = new ClassificationEvaluator(outputs, ScoreKind.Logits, All(Math.Max(2, outputs)));
            for (int i = 0; i < samples; i += batch)
            {
                int count = Math.Min(batch, samples - i);
                evaluator.Add(scores.AsSpan(i * outputs, count * outputs), targets.AsSpan(i, count));
            }
            return evaluator.Report().ToJson();
        })];

        reports[1].ShouldBe(reports[0]);
        reports[2].ShouldBe(reports[0]);
    }

    [Fact]
    public void Merged_parts_give_the_whole()
    {
        const int classes = 4, samples = 5_000;
        var random = new Random(4);
        float[] scores = [.. Enumerable.Range(0, samples * classes).Select(_ => (float)random.Next(-40, 40) / 8)];
        long[] targets = [.. Enumerable.Range(0, samples).Select(_ => (long)random.Next(classes))];
        using var whole = new ClassificationEvaluator(classes, ScoreKind.Logits, All(classes));
        using var first = new ClassificationEvaluator(classes, ScoreKind.Logits, All(classes));
        using var second = new ClassificationEvaluator(classes, ScoreKind.Logits, All(classes));
        whole.Add(scores, targets);
        first.Add(scores.AsSpan(0, 777 * classes), targets.AsSpan(0, 777));
        second.Add(scores.AsSpan(777 * classes), targets.AsSpan(777));
        first.Merge(second);

        EvaluationReport merged = first.Report();
        merged.Samples.ShouldBe(samples);
        merged.Metrics.Count.ShouldBeGreaterThan(20);
        foreach (MetricResult one in whole.Report().Metrics)
            merged[one.Name].Value!.Value.ShouldBe(one.Value!.Value, 1e-12, one.Name);
        merged.Confusion!.SelectMany(r => r).ShouldBe(whole.Report().Confusion!.SelectMany(r => r));
    }

    [Fact]
    public void Without_samples_nothing_is_defined()
    {
        using var evaluator = new ClassificationEvaluator(6, ScoreKind.Logits, All(6));

        foreach (MetricResult one in evaluator.Report().Metrics)
            (one.Value, one.Undefined).ShouldBe((null, "there are no samples"));
    }

    [Fact]
    public void Ignored_targets_count_for_nothing()
    {
        using var evaluator = new ClassificationEvaluator(2, ScoreKind.Logits, [new Accuracy(), new Perplexity()], ignoreIndex: -1);
        evaluator.Add([0, 0, 9, 0, 0, 0], [0, -1, 0]);

        EvaluationReport report = evaluator.Report();
        report.Samples.ShouldBe(2);
        report["accuracy"].Value.ShouldBe(1);
        report["perplexity"].Value!.Value.ShouldBe(2, 1e-15);
    }

    [Fact]
    public void Of_equally_likely_classes_the_first_is_predicted_and_top_one_is_accuracy()
    {
        using var evaluator = new ClassificationEvaluator(3, ScoreKind.Logits, [new Accuracy(), new TopKAccuracy { K = 1 }, new TopKAccuracy { K = 2 }]);
        evaluator.Add([1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 1, 2]);

        EvaluationReport report = evaluator.Report();
        report["accuracy"].Value.ShouldBe(report["top_1_accuracy"].Value);
        report["accuracy"].Value!.Value.ShouldBe(1.0 / 3);
        report["top_2_accuracy"].Value!.Value.ShouldBe(2.0 / 3);
    }

    [Fact]
    public void A_steady_batch_allocates_nothing_for_counting_metrics()
    {
        using var evaluator = new ClassificationEvaluator(3, ScoreKind.Logits, [new Accuracy(), new F1(), new LogLoss(), new CalibrationError()]);
        float[] scores = new float[96];
        long[] targets = new long[32];
        evaluator.Add(scores, targets);
        evaluator.Add(scores, targets);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 100; i++)
                evaluator.Add(scores, targets);
        }).ShouldBe(0);
    }

    [Theory]
    [InlineData(ScoreKind.Logits, new float[] { 0, 1, 2 }, new long[] { 0, 1 }, "expected 2 × 2 scores for 2 targets, got 3")]
    [InlineData(ScoreKind.Logits, new float[] { 0, 1 }, new long[] { 2 }, "sample 0: target 2 lies outside the 2 classes, 0 to 1")]
    [InlineData(ScoreKind.Logits, new float[] { 0, 1, float.NaN, 0 }, new long[] { 0, 1 }, "sample 1: a logit is not a number")]
    [InlineData(ScoreKind.Logits, new float[] { 0, float.PositiveInfinity }, new long[] { 0 }, "the largest logit is Infinity")]
    [InlineData(ScoreKind.Probabilities, new float[] { -0.1f, 1.1f }, new long[] { 0 }, "sample 0: -0.1 is no probability")]
    [InlineData(ScoreKind.Probabilities, new float[] { 0.5f, 0.9f }, new long[] { 0 }, "sample 0: the probabilities sum to 1.4, expected 1")]
    public void Wrong_input_is_refused_and_leaves_nothing_behind(ScoreKind kind, float[] scores, long[] targets, string message)
    {
        using var evaluator = new ClassificationEvaluator(2, kind, [new Accuracy()]);

        Should.Throw<ArgumentException>(() => evaluator.Add(scores, targets)).Message.ShouldContain(message);
        evaluator.Report().Samples.ShouldBe(0);
    }

    [Fact]
    public void Metrics_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => new ClassificationEvaluator(3, ScoreKind.Logits, [new R2()])).Message
            .ShouldStartWith("r2 measures regression, this model predicts classes");
        Should.Throw<ArgumentException>(() => new ClassificationEvaluator(3, ScoreKind.Logits, [new TopKAccuracy()])).Message
            .ShouldStartWith("top_5_accuracy: k must be at most the number of classes, 3");
        Should.Throw<ArgumentException>(() => new ClassificationEvaluator(3, ScoreKind.Logits, [new F1 { Average = Average.Binary }])).Message
            .ShouldStartWith("f1_binary: average 'binary' needs two classes, there are 3");
        Should.Throw<ArgumentException>(() => new RegressionEvaluator(1, [new Accuracy()])).Message
            .ShouldStartWith("accuracy measures classification, this model predicts values");
    }
}
