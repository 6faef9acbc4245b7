using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources.Csv;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Runs;

public sealed class TrainingRunTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Ten_lines_of_code_train_a_network()
    {
        RunResult result = TrainingRun.Start(new RunSpec
        {
            Data = new DataSpec { Source = new CsvSource { Path = [_runs.Csv] }, Features = ["a", "b", "c"], Target = ["flag"] },
            Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 16, Activation = ActivationKind.Relu }, new LinearSpec { OutFeatures = 2 }] },
            Train = new TrainSpec { Loss = new CrossEntropyLossSpec(), Optimizer = new AdamSpec { Lr = 0.02 }, Epochs = 20 },
        }, new RunOptions { Folder = _runs.NewFolder() });

        result.Status.ShouldBe(RunStatus.Finished);
        result.End.ShouldBe(TrainingEnd.Done);
        result.State!.History.Count.ShouldBe(20);
        result.State.History[^1].TrainLoss.ShouldBeLessThan(result.State.History[0].TrainLoss / 2);
        result.HeldOut!["accuracy"].Value!.Value.ShouldBeGreaterThan(0.85);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_for_any_number_of_threads()
    {
        RunSpec spec = WithEveryState();
        string expected = SmallRuns.Bits(_runs.Start(spec));
        foreach (int threads in (ReadOnlySpan<int>)[2, 3])
        {
            Workers workers = Workers.Start(threads);
            SmallRuns.Bits(_runs.Start(spec, new RunOptions { Workers = workers })).ShouldBe(expected, $"{threads} threads");
            workers.Stop();
        }
        SmallRuns.Bits(_runs.Start(spec with { Threads = 1 }, new RunOptions())).ShouldBe(expected, "one thread of the process's");
    }

    [Fact]
    public void Another_seed_gives_other_bits() =>
        SmallRuns.Bits(_runs.Start(_runs.Classes with { Seed = 4 })).ShouldNotBe(SmallRuns.Bits(_runs.Start(_runs.Classes)));

    [Fact]
    public void A_run_that_is_paused_after_any_step_ends_with_the_same_bits()
    {
        RunSpec spec = WithEveryState() with { Train = WithEveryState().Train with { Epochs = 2, BatchSize = 20 } };
        RunResult whole = _runs.Start(spec);
        long steps = whole.State!.Step;
        steps.ShouldBe(10);
        for (long at = 1; at <= steps; at++)
        {
            RunResult paused = Pause(spec, at);
            RunResult resumed = TrainingRun.Start(spec, new RunOptions { Folder = paused.Folder, Resume = true, Workers = Workers.Serial });
            SmallRuns.Bits(resumed).ShouldBe(SmallRuns.Bits(whole), $"paused after step {at}");
            resumed.State!.History.Select(e => (e.TrainLoss, e.ValidationLoss)).ShouldBe(whole.State.History.Select(e => (e.TrainLoss, e.ValidationLoss)));
        }
    }

    [Fact]
    public void A_run_that_is_paused_says_so_and_resumes_with_what_is_left()
    {
        RunResult paused = Pause(_runs.Classes, at: 7);

        paused.Status.ShouldBe(RunStatus.Interrupted);
        paused.Model.ShouldBeNull();
        paused.State!.Step.ShouldBe(7);
        Exit(paused).GetProperty("status").GetString().ShouldBe("interrupted");
        SmallRuns.Kinds(paused).Last().ShouldBe(RunEventKind.Interrupted);

        var onlooker = new Onlooker();
        RunResult resumed = TrainingRun.Start(_runs.Classes, new RunOptions { Folder = paused.Folder, Resume = true, Observer = onlooker });
        onlooker.Rates.Count.ShouldBe((int)resumed.State!.Step - 7);
        Exit(resumed).GetProperty("attempt").GetInt32().ShouldBe(2);
    }

    [Fact]
    public void A_run_that_was_stopped_before_its_first_step_begins_anew()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        RunResult stopped = _runs.Start(_runs.Classes, stop: stop.Token);
        stopped.Status.ShouldBe(RunStatus.Interrupted);

        var onlooker = new Onlooker();
        RunResult resumed = TrainingRun.Start(_runs.Classes, new RunOptions { Folder = stopped.Folder, Resume = true, Observer = onlooker });

        SmallRuns.Bits(resumed).ShouldBe(SmallRuns.Bits(_runs.Start(_runs.Classes)));
        onlooker.Warnings.ShouldContain(w => w.Contains("begins anew"));
    }

    [Fact]
    public void A_finished_run_is_resumed_to_the_same_model()
    {
        RunResult first = _runs.Start(_runs.Classes);
        string bits = SmallRuns.Bits(first);
        var onlooker = new Onlooker();

        RunResult again = TrainingRun.Start(_runs.Classes, new RunOptions { Folder = first.Folder, Resume = true, Observer = onlooker });

        SmallRuns.Bits(again).ShouldBe(bits);
        onlooker.Rates.ShouldBeEmpty();
    }

    [Fact]
    public void The_model_folder_is_whole_and_predicts_the_same()
    {
        RunResult result = _runs.Start(_runs.Classes);

        Directory.EnumerateFiles(result.Model!).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            ["model.json", "model.safetensors", "network.json", "pipeline.json", "spec.yaml", "test.json", "validation.json"]);
        ModelManifest manifest = ModelFolder.ReadManifest(result.Model!);
        manifest.Name.ShouldBe("classes");
        manifest.Seed.ShouldBe(3ul);
        manifest.DataChecksum!.Length.ShouldBe(64);
        manifest.Metrics["test_accuracy"].ShouldBe(result.Test!["accuracy"].Value!.Value);
        RunFolder.Read<RunRecord>(Path.Combine(result.Folder, "run.json")).Metrics.ShouldBe(manifest.Metrics);
        using FileStream file = File.OpenRead(Path.Combine(result.Model!, ModelFolder.PipelineFile));
        Pipeline pipeline = Pipeline.Load(file);
        pipeline.Target.Classes.ShouldBe(["clay", "stone", "wood"]);
        float[] x = new float[6];
        using var rows = JsonDocument.Parse("""[{"a": 2, "b": 0, "c": 0.5}, {"a": -1, "b": 1.5, "c": 0}]""");
        pipeline.Encode(rows.RootElement, MemoryMarshal.AsBytes(x.AsSpan())).ShouldBe(2);

        float[] trained = Predict(result.Network!, x), loaded = Predict(ModelFolder.Load(result.Model!), x);

        loaded.ShouldBe(trained);
        (trained[0] + trained[1] + trained[2]).ShouldBe(1, 1e-6);
    }

    [Fact]
    public void Every_event_is_told_in_order()
    {
        var time = new ManualTime();
        var lines = new List<string>();
        RunResult result = _runs.Start(_runs.Classes, new RunOptions { Time = time, Echo = lines.Add, Observer = new Onlooker(_ => time.Advance(TimeSpan.FromSeconds(0.5))) });

        string[] kinds = [.. SmallRuns.Kinds(result)];
        kinds.Where((kind, i) => i == 0 || kind != kinds[i - 1]).ShouldBe(
        [
            RunEventKind.Started, RunEventKind.Data, RunEventKind.Model,
            RunEventKind.Progress, RunEventKind.Epoch, RunEventKind.Checkpoint,
            RunEventKind.Progress, RunEventKind.Epoch, RunEventKind.Checkpoint,
            RunEventKind.Progress, RunEventKind.Epoch, RunEventKind.Checkpoint,
            RunEventKind.Evaluated, RunEventKind.Finished,
        ]);
        lines.ShouldBe(File.ReadAllLines(Path.Combine(result.Folder, "events.jsonl")));
        RunEvent[] events = [.. EventLog.Read(Path.Combine(result.Folder, "events.jsonl"))];
        events.Select(e => e.Seq).ShouldBe(Enumerable.Range(1, events.Length).Select(i => (long)i));
        events.Where(e => e.Kind == RunEventKind.Evaluated).Select(e => e.Data.GetProperty("part").GetString()).ShouldBe(["validation", "test"]);
        JsonElement data = events.Single(e => e.Kind == RunEventKind.Data).Data;
        (data.GetProperty("training").GetInt64() + data.GetProperty("validation").GetInt64() + data.GetProperty("test").GetInt64()).ShouldBe(150);
        Exit(result).GetProperty("status").GetString().ShouldBe("finished");
    }

    [Fact]
    public void A_run_that_fails_says_so()
    {
        string folder = _runs.NewFolder();
        RunSpec spec = _runs.Classes with { Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 4 }] } };

        NetworkException error = Should.Throw<NetworkException>(() => _runs.Start(spec, new RunOptions { Folder = folder }));

        using var exit = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "exit.json")));
        exit.RootElement.GetProperty("status").GetString().ShouldBe("failed");
        exit.RootElement.GetProperty("message").GetString().ShouldBe(error.Message);
        RunEvent last = EventLog.Read(Path.Combine(folder, "events.jsonl")).Last();
        last.Kind.ShouldBe(RunEventKind.Failed);
        last.Data.GetProperty("error").GetString().ShouldBe(nameof(NetworkException));
        // Nobody holds it any more: it can be begun again.
        _runs.Start(_runs.Classes, new RunOptions { Folder = folder, Overwrite = true }).Status.ShouldBe(RunStatus.Finished);
    }

    [Fact]
    public void Who_writes_stop_into_control_pauses_the_run()
    {
        (string folder, var time) = (_runs.NewFolder(), new ManualTime());
        var onlooker = new Onlooker(report =>
        {
            if (report.Step == 4)
                File.WriteAllText(Path.Combine(folder, "control"), "stop\n");
            time.Advance(TimeSpan.FromSeconds(1));
        });

        RunResult result = _runs.Start(_runs.Classes, new RunOptions { Folder = folder, Time = time, Observer = onlooker });

        result.Status.ShouldBe(RunStatus.Interrupted);
        result.State!.Step.ShouldBe(4);
        RunResult resumed = TrainingRun.Start(_runs.Classes, new RunOptions { Folder = folder, Resume = true });
        SmallRuns.Bits(resumed).ShouldBe(SmallRuns.Bits(_runs.Start(_runs.Classes)));
    }

    [Fact]
    public void Who_writes_checkpoint_into_control_gets_one()
    {
        (string folder, var time) = (_runs.NewFolder(), new ManualTime());
        var onlooker = new Onlooker(report =>
        {
            if (report.Step == 4)
                File.WriteAllText(Path.Combine(folder, "control"), "checkpoint");
            time.Advance(TimeSpan.FromSeconds(1));
        });

        _runs.Start(_runs.Classes, new RunOptions { Folder = folder, Time = time, Observer = onlooker }).Status.ShouldBe(RunStatus.Finished);

        onlooker.Checkpoints.ShouldContain((4, false));
        SmallRuns.Bits(_runs.Start(_runs.Classes)).ShouldBe(SmallRuns.Bits(TrainingRun.Start(_runs.Classes, new RunOptions { Folder = folder, Resume = true })));
    }

    private RunResult Pause(RunSpec spec, long at)
    {
        using var stop = new CancellationTokenSource();
        RunResult paused = _runs.Start(spec, new RunOptions { Workers = Workers.Serial, Observer = new Onlooker(report => { if (report.Step == at) stop.Cancel(); }) }, stop.Token);
        paused.Status.ShouldBe(RunStatus.Interrupted);
        return paused;
    }

    /// <summary>Moments, momentum, batch norm's statistics, dropout's masks, grains, a schedule that watches, the best weights.</summary>
    private RunSpec WithEveryState() => _runs.Classes with
    {
        Model = new ModelSpec
        {
            Layers =
            [
                new LinearSpec { OutFeatures = 16, Activation = ActivationKind.Relu },
                new BatchNormSpec(),
                new DropoutSpec { P = 0.3 },
                new LinearSpec { OutFeatures = 3, Activation = ActivationKind.Softmax },
            ],
        },
        Train = _runs.Classes.Train with
        {
            Schedule = new ReduceOnPlateauSpec { Patience = 1, Factor = 0.5 },
            Clipping = new ClippingSpec { Norm = 0.5, Value = 0.1 },
            Grain = 6,
            EarlyStopping = new EarlyStoppingSpec { Patience = 9 },
        },
    };

    private static float[] Predict(Network network, float[] x)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return network.Predict(scope.From<float>(x, network.InputShape(2))).AsSpan<float>().ToArray();
    }

    private static JsonElement Exit(RunResult result)
    {
        using var exit = JsonDocument.Parse(File.ReadAllText(Path.Combine(result.Folder, "exit.json")));
        return exit.RootElement.Clone();
    }
}
