using System.Text.Json.Nodes;
using Sarsen.Testing;
using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tests.Metrics;

/// <summary>Every metric against scikit-learn 1.2; the values and the script that made them stand beside this file.</summary>
public sealed class MetricGoldenTests
{
    private static readonly JsonNode Golden = JsonNode.Parse(File.ReadAllText(
        Repository.PathOf("tests", "Sarsen.Training.Tests", "Metrics", "metrics_golden.json")))!;

    public static TheoryData<string> ClassificationCases { get; } = [.. Golden["classification"]!.AsArray().Select(c => (string)c!["name"]!)];

    public static TheoryData<string> RegressionCases { get; } = [.. Golden["regression"]!.AsArray().Select(c => (string)c!["name"]!)];

    [Theory]
    [MemberData(nameof(ClassificationCases))]
    public void Classification_agrees(string name)
    {
        JsonNode one = Golden["classification"]!.AsArray().First(c => (string)c!["name"]! == name)!;
        float[] scores = Floats(one["scores"]);
        long[] targets = [.. one["targets"]!.AsArray().Select(t => (long)t!)];
        foreach ((string key, JsonNode? expected) in (JsonObject)one["expected"]!)
        {
            using ClassificationEvaluator evaluator = Evaluator(one, [Declared(key)]);
            AddInBatches(evaluator, scores, targets, (int)one["outputs"]!, 7);
            MetricResult result = evaluator.Report().Metrics[0];
            Agree(result, expected, $"{name}: {key}");
        }
    }

    [Theory]
    [MemberData(nameof(ClassificationCases))]
    public void Classes_and_confusion_agree(string name)
    {
        JsonNode one = Golden["classification"]!.AsArray().First(c => (string)c!["name"]! == name)!;
        using ClassificationEvaluator evaluator = Evaluator(one, []);
        evaluator.Add(Floats(one["scores"]), [.. one["targets"]!.AsArray().Select(t => (long)t!)]);
        EvaluationReport report = evaluator.Report();

        report.Confusion!.Select(r => string.Join(',', r)).ShouldBe(one["confusion"]!.AsArray().Select(r => string.Join(',', r!.AsArray())));
        for (int c = 0; c < evaluator.Classes; c++)
        {
            ClassRow row = report.Classes![c];
            double[] expected = [.. one["per_class"]!.AsArray().Select(values => (double)values![c]!)];
            (row.Precision ?? 0).ShouldBe(expected[0], 1e-12);
            (row.Recall ?? 0).ShouldBe(expected[1], 1e-12);
            (row.F1 ?? 0).ShouldBe(expected[2], 1e-12);
            row.Support.ShouldBe((long)expected[3]);
        }
    }

    [Theory]
    [MemberData(nameof(RegressionCases))]
    public void Regression_agrees(string name)
    {
        JsonNode one = Golden["regression"]!.AsArray().First(c => (string)c!["name"]! == name)!;
        int outputs = (int)one["outputs"]!;
        Metric[] metrics = [new MeanSquaredError(), new RootMeanSquaredError(), new MeanAbsoluteError(), new MeanAbsolutePercentageError(), new R2()];
        float[] predictions = Floats(one["predictions"]), targets = Floats(one["targets"]);
        RegressionEvaluator whole = new(outputs, metrics), first = new(outputs, metrics), second = new(outputs, metrics);
        int half = targets.Length / outputs / 2 * outputs;
        whole.Add(predictions, targets);
        first.Add(predictions.AsSpan(0, half), targets.AsSpan(0, half));
        second.Add(predictions.AsSpan(half), targets.AsSpan(half));
        first.Merge(second);

        ((JsonObject)one["expected"]!).Count.ShouldBe(metrics.Length);
        foreach ((string key, JsonNode? expected) in (JsonObject)one["expected"]!)
        {
            Agree(whole.Report()[key], expected, $"{name}: {key}");
            Agree(first.Report()[key], expected, $"{name}: {key}, merged");
        }
    }

    [Fact]
    public void Mean_and_deviation_over_folds_agree()
    {
        JsonNode folds = Golden["folds"]!;
        double?[] values = [.. folds["values"]!.AsArray().Select(v => (double?)v)];
        MetricSummary summary = MetricSummary.Of("accuracy", Better.More, values);

        summary.Mean!.Value.ShouldBe((double)folds["mean"]!, 1e-15);
        summary.Deviation!.Value.ShouldBe((double)folds["deviation"]!, 1e-15);
    }

    [Fact]
    public void Every_metric_of_the_catalogue_has_a_golden_value()
    {
        HashSet<string> measured = [.. Golden["regression"]!.AsArray().SelectMany(c => ((JsonObject)c!["expected"]!).Select(e => e.Key))];
        foreach (JsonNode? one in Golden["classification"]!.AsArray())
            measured.UnionWith(((JsonObject)one!["expected"]!).Select(e => Declared(e.Key).GetType().Name));

        foreach (Type type in MetricCatalogue.Choices.Choices.Select(c => c.Type).Distinct())
        {
            var metric = (Metric)Activator.CreateInstance(type)!;
            measured.ShouldContain(metric is RegressionMetric ? metric.Name : type.Name);
        }
    }

    private static Metric Declared(string key)
    {
        string[] parts = key.Split('/');
        double zero = parts.Length > 1 ? double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 0;
        Metric metric = parts[0] switch
        {
            "precision_binary" => new Precision { Average = Average.Binary },
            "recall_binary" => new Recall { Average = Average.Binary },
            "f1_binary" => new F1 { Average = Average.Binary },
            string word when MetricCatalogue.Choices.Find(word) is { } choice =>
                (Metric)(choice.Preset?.Invoke() ?? Activator.CreateInstance(choice.Type)!),
            string word => throw new InvalidOperationException($"no metric '{word}'"),
        };
        metric.Name.ShouldBe(parts[0]);
        return metric is AveragedMetric averaged ? averaged with { ZeroDivision = zero } : metric;
    }

    private static ClassificationEvaluator Evaluator(JsonNode one, IReadOnlyList<Metric> metrics) =>
        new((int)one["outputs"]!, (string)one["kind"]! == "logits" ? ScoreKind.Logits : ScoreKind.Probabilities, metrics);

    private static void AddInBatches(ClassificationEvaluator evaluator, float[] scores, long[] targets, int outputs, int batch)
    {
        for (int start = 0; start < targets.Length; start += batch)
        {
            int count = Math.Min(batch, targets.Length - start);
            evaluator.Add(scores.AsSpan(start * outputs, count * outputs), targets.AsSpan(start, count));
        }
    }

    private static void Agree(MetricResult result, JsonNode? expected, string what)
    {
        if (expected is null)
        {
            result.Value.ShouldBeNull(what);
            result.Undefined.ShouldNotBeNullOrEmpty(what);
            return;
        }
        result.Undefined.ShouldBeNull(what);
        double value = (double)expected;
        result.Value!.Value.ShouldBe(value, Math.Max(1e-14, Math.Abs(value) * 1e-9), what);
    }

    private static float[] Floats(JsonNode? values) => [.. values!.AsArray().Select(v => (float)(double)v!)];
}
