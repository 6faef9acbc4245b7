using Sarsen.Models.Layers;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Trainers;

public sealed class TrainerTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Training_stops_early_with_the_best_weights()
    {
        // Nothing is ever so much better than the first epoch.
        var stopping = new EarlyStoppingSpec { Patience = 2, MinDelta = 1e6 };
        RunResult stopped = _runs.Start(With(t => t with { Epochs = 9, EarlyStopping = stopping }));

        stopped.End.ShouldBe(TrainingEnd.EarlyStopped);
        stopped.State!.History.Count.ShouldBe(3);
        stopped.State.BestEpoch.ShouldBe(1);
        SmallRuns.Bits(stopped).ShouldBe(SmallRuns.Bits(_runs.Start(With(t => t with { Epochs = 1 }))));
        SmallRuns.Kinds(stopped).ShouldContain(RunEventKind.EarlyStopped);

        RunResult last = _runs.Start(With(t => t with { Epochs = 9, EarlyStopping = stopping with { RestoreBest = false } }));
        SmallRuns.Bits(last).ShouldBe(SmallRuns.Bits(_runs.Start(With(t => t with { Epochs = 3 }))));
    }

    [Fact]
    public void Training_that_gets_better_is_not_stopped()
    {
        RunResult result = _runs.Start(With(t => t with { Epochs = 6, EarlyStopping = new EarlyStoppingSpec { Metric = "train_loss", Patience = 1 } }));

        result.End.ShouldBe(TrainingEnd.Done);
        result.State!.BestEpoch.ShouldBe(6);
        SmallRuns.Kinds(result).ShouldNotContain(RunEventKind.EarlyStopped);
    }

    [Fact]
    public void A_metric_that_is_never_defined_stops_training_too()
    {
        // One row in the validation split has one class, for which the area under the curve is undefined.
        RunSpec spec = With(t => t with { Epochs = 9, EarlyStopping = new EarlyStoppingSpec { Metric = "validation_roc_auc", Patience = 2 } });
        spec = spec with { Metrics = [new Training.Metrics.RocAuc()], Data = spec.Data with { Split = new Sarsen.Data.Splits.SplitSpec { Train = 0.99, Validation = 0.01, Test = 0 } } };

        RunResult result = _runs.Start(spec);

        result.End.ShouldBe(TrainingEnd.EarlyStopped);
        result.State!.History.Count.ShouldBe(2);
        result.State.BestEpoch.ShouldBe(0);
    }

    [Fact]
    public void A_limit_on_steps_ends_the_run_within_an_epoch()
    {
        RunResult result = _runs.Start(With(t => t with { MaxSteps = 8 }));

        result.End.ShouldBe(TrainingEnd.Done);
        result.State!.Step.ShouldBe(8);
        result.State.History.Select(e => e.Step).ShouldBe([6, 8]);
        result.State.History[1].ValidationLoss.ShouldNotBeNull();
    }

    [Fact]
    public void The_last_batch_is_left_out_when_it_is_not_full()
    {
        _runs.Start(With(t => t with { Epochs = 1, DropLast = false })).State!.Step.ShouldBe(6);
        _runs.Start(With(t => t with { Epochs = 1, DropLast = true })).State!.Step.ShouldBe(5);
    }

    [Fact]
    public void Validation_runs_as_often_as_it_should_and_at_the_end()
    {
        RunResult result = _runs.Start(With(t => t with { Epochs = 5, ValidateEvery = 2 }));

        result.State!.History.Select(e => e.ValidationLoss is not null).ShouldBe([false, true, false, true, true]);
    }

    [Fact]
    public void Checkpoints_are_saved_by_epochs_steps_and_time_and_the_newest_are_kept()
    {
        var time = new ManualTime();
        var onlooker = new Onlooker(_ => time.Advance(TimeSpan.FromSeconds(1)));
        CheckpointSpec none = new() { EveryEpochs = null, Keep = 3 };
        // What is watched gets worse: only the first epoch is the best.
        var never = new EarlyStoppingSpec { MinDelta = 1e6, Patience = 99, RestoreBest = false };

        Saved(none).ShouldBe([6, 18]);
        Saved(none with { EveryEpochs = 2 }).ShouldBe([6, 12, 18]);
        Saved(none with { EverySteps = 4 }).ShouldBe([4, 6, 8, 12, 16, 18]);
        Saved(none with { EveryTime = TimeSpan.FromSeconds(5) }).ShouldBe([5, 6, 11, 16, 18]);

        long[] Saved(CheckpointSpec checkpoints)
        {
            onlooker.Checkpoints.Clear();
            RunResult result = _runs.Start(With(t => t with { Checkpoints = checkpoints, EarlyStopping = never }), new RunOptions { Time = time, Observer = onlooker });
            string[] kept = [.. Directory.EnumerateDirectories(Path.Combine(result.Folder, "checkpoints")).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
            long[] steps = [.. onlooker.Checkpoints.Select(c => c.Step)];
            kept.Select(name => long.Parse(name[^10..])).ShouldBe(steps.Where(s => s == 6 || steps.TakeLast(3).Contains(s)));
            return steps;
        }
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_all_of_it()
    {
        var onlooker = new Onlooker();
        RunResult result = _runs.Start(With(t => t with { BatchSize = 1 << 24, Epochs = 2 }), new RunOptions { Observer = onlooker });

        result.State!.Step.ShouldBe(2);
        onlooker.Seen!.PeakBytes.ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void A_loss_that_is_no_number_names_the_layer_where_it_began()
    {
        string csv = Path.Combine(_runs.Folder, "huge.csv");
        File.WriteAllLines(csv, ["a,b,c,kind", .. Enumerable.Range(0, 60).Select(i => $"{(i == 30 ? "3e38,3e38,3e38" : "1,2,3")},{(i % 3 == 0 ? "clay" : i % 3 == 1 ? "stone" : "wood")}")]);
        RunSpec spec = With(t => t with { BatchSize = 60 });
        spec = spec with { Preprocess = [], Data = spec.Data with { Source = new Sarsen.Data.Sources.Csv.CsvSource { Path = [csv] }, Split = new Sarsen.Data.Splits.SplitSpec { Train = 1, Validation = 0, Test = 0 } } };

        NonFiniteLossException error = Should.Throw<NonFiniteLossException>(() => _runs.Start(spec));

        error.Step.ShouldBe(1);
        error.Place.ShouldBe("0");
        error.Message.ShouldStartWith("the loss of step 1 is NaN; it began in layer '0' (Linear), operation linear. Lower train.optimizer's lr");
    }

    [Fact]
    public void Weights_that_a_step_made_infinite_are_named()
    {
        NonFiniteLossException error = Should.Throw<NonFiniteLossException>(() => _runs.Start(With(t => t with { Optimizer = new SgdSpec { Lr = 1e300 } })));

        error.Step.ShouldBe(2);
        error.Place.ShouldBe("0.weight");
        error.Message.ShouldContain("its weights '0.weight' are no longer finite");
    }

    [Fact]
    public void Weights_that_the_last_step_made_infinite_are_no_model()
    {
        string folder = _runs.NewFolder();
        RunSpec spec = With(t => t with { Optimizer = new SgdSpec { Lr = double.MaxValue }, MaxSteps = 1 });

        Should.Throw<NonFiniteLossException>(() => _runs.Start(spec, new RunOptions { Folder = folder })).Message.ShouldContain("no longer finite");

        Directory.Exists(Path.Combine(folder, "model")).ShouldBeFalse();
        Directory.Exists(Path.Combine(folder, "checkpoints")).ShouldBeFalse();
    }

    [Fact]
    public void Initialisers_are_those_of_the_spec()
    {
        RunSpec spec = With(t => t with { Optimizer = new SgdSpec { Lr = 0 }, Epochs = 1 });
        spec = spec with { Model = spec.Model with { Initialisation = new InitialisationSpec { Weights = new ConstantSpec { Value = 0.25 }, Biases = new ConstantSpec { Value = -1 } } } };

        foreach (Sarsen.Nn.Parameter parameter in _runs.Start(spec).Network!.Body.Parameters())
            parameter.Value.ToArray<float>().ShouldAllBe(v => v == (parameter.Name == "weight" ? 0.25f : -1f));
    }

    private RunSpec With(Func<TrainSpec, TrainSpec> change) => _runs.Classes with { Train = change(_runs.Classes.Train) };
}
