using Sarsen.Nn;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;

namespace Sarsen.Training.Tests.Trainers;

/// <summary>Each optimizer, schedule and loss as a run uses it. Their formulas have goldens in the room of networks.</summary>
public sealed class OptimizationTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public static TheoryData<string> Optimizers => [.. OptimizerSpec.Choices.Choices.Select(c => c.Word)];

    /// <summary>All but that of language models, whose samples are texts: <see cref="LanguageTests"/> have it.</summary>
    public static TheoryData<string> Losses => [.. LossSpec.Choices.Choices.Where(c => c.Type != typeof(NextTokenLossSpec)).Select(c => c.Word)];

    public void Dispose() => _runs.Dispose();

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_learns(string word)
    {
        var optimizer = (OptimizerSpec)Activator.CreateInstance(OptimizerSpec.Choices.Find(word)!.Type)!;
        optimizer = optimizer is SgdSpec sgd ? sgd with { Lr = 0.1, Momentum = 0.9, Nesterov = true } : optimizer with { Lr = optimizer is AdadeltaSpec ? 10 : optimizer is RAdamSpec ? 0.05 : 0.01 };
        Learns(_runs.Classes with { Train = _runs.Classes.Train with { Optimizer = optimizer, Epochs = 8 } });
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_is_made_small(string word)
    {
        var loss = (LossSpec)Activator.CreateInstance(LossSpec.Choices.Find(word)!.Type)!;
        RunSpec spec = loss is ValueLossSpec ? _runs.Values : loss is BceWithLogitsLossSpec or BinaryFocalLossSpec ? _runs.Binary : _runs.Classes;
        if (loss is NllLossSpec)
            spec = spec with { Model = spec.Model with { Layers = [.. spec.Model.Layers, new Sarsen.Models.Layers.ActivationSpec { Function = Sarsen.Models.Layers.ActivationKind.LogSoftmax }] } };
        Learns(spec with { Train = spec.Train with { Loss = loss, Optimizer = new AdamSpec { Lr = 0.05 }, Epochs = 8 } });
    }

    [Fact]
    public void Rates_follow_the_schedule()
    {
        // 90 samples in batches of 16: 6 steps an epoch, 18 in all.
        Rates(new ConstantScheduleSpec()).ShouldAllBe(r => r == 0.02);
        Rates(new StepScheduleSpec { StepSize = 1, Gamma = 0.5 }).ShouldBe([.. Repeat(0.02, 6), .. Repeat(0.01, 6), .. Repeat(0.005, 6)], 1e-12);
        Rates(new CosineScheduleSpec()).ShouldBe([.. Enumerable.Range(0, 18).Select(i => 0.02 * 0.5 * (1 + Math.Cos(Math.PI * i / 18)))], 1e-9);
        Rates(new LinearWarmupSpec { TotalIters = 4, StartFactor = 0.2 }).ShouldBe([.. Enumerable.Range(0, 18).Select(i => 0.02 * Math.Min(1, 0.2 + 0.8 * i / 4))], 1e-9);
        double[] cycle = Rates(new OneCycleSpec { MaxLr = 0.1 });
        cycle[0].ShouldBe(0.1 / 25, 1e-9);
        cycle.Max().ShouldBe(0.1, 0.005);
        cycle[^1].ShouldBe(0.1 / 25 / 1e4, 1e-9);
    }

    [Fact]
    public void A_plateau_lowers_the_rate()
    {
        // Nothing is ever so much better: the rate falls behind each epoch but the first.
        var plateau = new ReduceOnPlateauSpec { Metric = "train_loss", Patience = 1, Factor = 0.5, Threshold = 0.99 };
        Rates(plateau with { Patience = 0 }).ShouldBe([.. Repeat(0.02, 12), .. Repeat(0.01, 6)], 1e-12);
        Rates(plateau).ShouldBe([.. Repeat(0.02, 18)], 1e-12);
    }

    [Fact]
    public void A_metric_that_should_grow_is_watched_for_growth()
    {
        RunSpec spec = _runs.Classes with { Metrics = [new Training.Metrics.Accuracy()] };
        spec = spec with { Train = spec.Train with { Schedule = new ReduceOnPlateauSpec { Metric = "validation_accuracy", Patience = 0, Factor = 0.5, Threshold = 0 } } };
        (double[] rates, RunResult result) = Run(spec);
        double[] seen = [.. result.State!.History.Select(e => e.Value("validation_accuracy")!.Value)];

        seen[1].ShouldBeGreaterThan(seen[0]);
        rates[12].ShouldBe(0.02, 1e-12);
    }

    [Fact]
    public void Gradients_are_clipped_by_their_norm_and_by_value()
    {
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { Optimizer = new SgdSpec { Lr = 1 }, MaxSteps = 1 } };
        float[] start = Weights(_runs.Start(spec with { Train = spec.Train with { Optimizer = new SgdSpec { Lr = 0 } } }));
        Change(new ClippingSpec { Norm = 1e-2 }, c => Math.Sqrt(c.Sum(d => d * d))).ShouldBe(1e-2, 1e-5);
        Change(new ClippingSpec { Value = 1e-3 }, c => c.Max(Math.Abs)).ShouldBe(1e-3, 1e-6);
        Change(null, c => Math.Sqrt(c.Sum(d => d * d))).ShouldBeGreaterThan(0.1);

        double Change(ClippingSpec? clipping, Func<IEnumerable<double>, double> size) =>
            size(Weights(_runs.Start(spec with { Train = spec.Train with { Clipping = clipping } })).Zip(start, (a, b) => (double)a - b));
    }

    private void Learns(RunSpec spec)
    {
        IReadOnlyList<Training.Trainers.EpochRecord> history = _runs.Start(spec).State!.History;
        history[^1].TrainLoss.ShouldBeLessThan(history[0].TrainLoss * 0.8);
        history[^1].ValidationLoss!.Value.ShouldBeLessThan(history[0].ValidationLoss!.Value);
    }

    private double[] Rates(ScheduleSpec schedule) => Run(_runs.Classes with { Train = _runs.Classes.Train with { Schedule = schedule } }).Rates;

    private (double[] Rates, RunResult Result) Run(RunSpec spec)
    {
        var onlooker = new Onlooker();
        RunResult result = _runs.Start(spec, new RunOptions { Observer = onlooker });
        return ([.. onlooker.Rates], result);
    }

    private static IEnumerable<double> Repeat(double value, int times) => Enumerable.Repeat(value, times);

    private static float[] Weights(RunResult result) => [.. result.Network!.Body.Parameters().SelectMany(p => p.Value.ToArray<float>())];
}
