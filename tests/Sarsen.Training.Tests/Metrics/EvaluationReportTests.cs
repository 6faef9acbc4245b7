using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tests.Metrics;

public sealed class EvaluationReportTests
{
    private static EvaluationReport Small()
    {
        using var evaluator = new ClassificationEvaluator(3, ScoreKind.Probabilities, [new Accuracy(), new RocAuc()], ["cat", "dog", "owl"]);
        evaluator.Add([0.8f, 0.2f, 0, 0.4f, 0.6f, 0, 0.7f, 0.3f, 0], [0, 1, 1]);
        return evaluator.Report();
    }

    [Fact]
    public void Text_is_for_a_terminal() => Small().ToText().ShouldBe("""
        3 samples

        metric    value
        accuracy  0.6667
        roc_auc   undefined: class 2 does not occur among the 3 samples

        class  precision  recall      f1  support
        cat       0.5000  1.0000  0.6667        1
        dog       1.0000  0.5000  0.6667        2
        owl            -       -       -        0

        rows: true class, columns: predicted class
             cat  dog  owl
        cat    1    0    0
        dog    1    1    0
        owl    0    0    0

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void Json_reads_back_to_the_same_report()
    {
        string json = Small().ToJson();

        json.ShouldContain("\"better\": \"more\"");
        json.ShouldContain("\"undefined\": \"class 2 does not occur among the 3 samples\"");
        EvaluationReport.FromJson(json).ToJson().ShouldBe(json);
        EvaluationReport.FromJson(json).ToText().ShouldBe(Small().ToText());
    }

    [Fact]
    public void Folds_have_mean_deviation_and_total_task_time()
    {
        static FoldResult Fold(int fold, double? accuracy, double seconds) => new(fold,
            new EvaluationReport { Samples = 10, Metrics = [new MetricResult("accuracy", Better.More, accuracy, accuracy is null ? "why" : null)] }, seconds);

        var report = CrossValidationReport.Of([Fold(1, 0.5, 2), Fold(2, null, 3), Fold(3, 1, 4)], 5);

        report.TaskSeconds.ShouldBe(9);
        report.WallSeconds.ShouldBe(5);
        report.Speedup.ShouldBe(1.8);
        MetricSummary summary = report.Metrics.ShouldHaveSingleItem();
        summary.Mean.ShouldBe(0.75);
        summary.Deviation!.Value.ShouldBe(Math.Sqrt(0.125), 1e-15);
        summary.Values.ShouldBe([0.5, null, 1]);
        CrossValidationReport.FromJson(report.ToJson()).ToJson().ShouldBe(report.ToJson());
        report.ToText().ShouldBe("""
            metric      mean  deviation  fold 1  fold 2  fold 3
            accuracy  0.7500     0.3536  0.5000       -  1.0000

            task time 9.000 s, wall time 5.000 s

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Folds_that_measured_different_things_are_refused()
    {
        var other = new FoldResult(2, new EvaluationReport { Samples = 1, Metrics = [] }, 1);
        var one = new FoldResult(1, Small(), 1);

        Should.Throw<ArgumentException>(() => CrossValidationReport.Of([one, other], 1)).Message.ShouldContain("fold 2 measured other metrics than fold 1");
        Should.Throw<ArgumentException>(() => CrossValidationReport.Of([], 1)).Message.ShouldContain("at least one fold");
    }
}
