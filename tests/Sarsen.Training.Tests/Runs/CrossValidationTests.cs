using Sarsen.Data;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Runs;

public sealed class CrossValidationTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private RunSpec Spec => _runs.Classes with { CrossValidation = new CrossValidationSpec { Folds = 5, Stratify = true }, Metrics = [new Accuracy(), new LogLoss()] };

    [Fact]
    public void Folds_give_mean_deviation_and_task_time()
    {
        RunResult result = _runs.Start(Spec);

        CrossValidationReport report = result.CrossValidation!;
        result.Model.ShouldBeNull();
        report.Folds.Select(f => f.Fold).ShouldBe([1, 2, 3, 4, 5]);
        // The test part, a fifth of 150, is held out of all folds.
        report.Folds.Sum(f => f.Report.Samples).ShouldBe(120);
        double[] values = [.. report.Folds.Select(f => f.Report["accuracy"].Value!.Value)];
        MetricSummary accuracy = report.Metrics.Single(m => m.Name == "accuracy");
        accuracy.Mean!.Value.ShouldBe(values.Average(), 1e-12);
        accuracy.Deviation!.Value.ShouldBe(Math.Sqrt(values.Sum(v => Math.Pow(v - values.Average(), 2)) / 4), 1e-12);
        accuracy.Mean.Value.ShouldBeGreaterThan(0.6);
        report.TaskSeconds.ShouldBe(report.Folds.Sum(f => f.Seconds), 1e-9);
        report.Folds.ShouldAllBe(f => f.Seconds > 0);
        report.WallSeconds.ShouldBeGreaterThanOrEqualTo(report.Folds.Max(f => f.Seconds));
        CrossValidationReport.FromJson(File.ReadAllText(Path.Combine(result.Folder, "cross_validation.json"))).ToText().ShouldBe(report.ToText());
        SmallRuns.Kinds(result).Count(k => k == RunEventKind.Fold).ShouldBe(5);
        File.ReadAllText(Path.Combine(result.Folder, "run.json")).ShouldContain("\"data_checksum\"");
    }

    [Fact]
    public void Results_are_equal_for_any_number_of_workers()
    {
        string expected = Values(_runs.Start(Spec));
        foreach (int threads in (ReadOnlySpan<int>)[2, 5])
        {
            Workers workers = Workers.Start(threads);
            Values(_runs.Start(Spec, new RunOptions { Workers = workers })).ShouldBe(expected, $"{threads} workers");
            workers.Stop();
        }

        static string Values(RunResult result) => string.Join('\n', result.CrossValidation!.Folds.Select(f => f.Report.ToJson()));
    }

    [Fact]
    public void A_fold_is_measured_with_its_best_weights()
    {
        RunSpec first = Spec with { Train = Spec.Train with { Epochs = 1 } };
        // Nothing is ever so much better than the first epoch.
        RunSpec stopped = Spec with { Train = Spec.Train with { Epochs = 9, EarlyStopping = new EarlyStoppingSpec { Patience = 2, MinDelta = 1e6 } } };

        _runs.Start(stopped).CrossValidation!.Metrics[1].Values.ShouldBe(_runs.Start(first).CrossValidation!.Metrics[1].Values);
    }

    [Fact]
    public void A_fold_that_fails_ends_the_run()
    {
        string folder = _runs.NewFolder();
        RunSpec spec = Spec with { Train = Spec.Train with { Optimizer = new SgdSpec { Lr = 1e300 } } };

        Should.Throw<NonFiniteLossException>(() => _runs.Start(spec, new RunOptions { Folder = folder, Workers = Workers.Shared }));

        EventLog.Read(Path.Combine(folder, "events.jsonl")).Last().Kind.ShouldBe(RunEventKind.Failed);
        Should.Throw<NetworkException>(() => _runs.Start(Spec with { Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 2 }] } }));
        Should.Throw<DataException>(() => _runs.Start(Spec with { CrossValidation = new CrossValidationSpec { Folds = 900 } })).Message.ShouldContain("fold");
    }

    [Fact]
    public void A_run_that_is_stopped_between_folds_is_interrupted()
    {
        using var stop = new CancellationTokenSource();
        int folds = 0;
        var onlooker = new Onlooker(afterFold: _ =>
        {
            if (++folds == 2)
                stop.Cancel();
        });

        RunResult result = _runs.Start(Spec, new RunOptions { Workers = Workers.Serial, Observer = onlooker }, stop.Token);

        result.Status.ShouldBe(RunStatus.Interrupted);
        result.CrossValidation.ShouldBeNull();
        folds.ShouldBe(2);
    }
}
