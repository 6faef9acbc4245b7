using Sarsen.Data;
using Sarsen.Data.Batches;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;
using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Trainers;

public sealed class TrainingStepTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void A_grain_as_large_as_the_batch_is_no_grain()
    {
        (double loss, float[] gradients) = Gradients(_runs.Classes, batch: 16, grain: 16);
        (double wholeLoss, float[] wholeGradients) = Gradients(_runs.Classes, batch: 16, grain: null);

        loss.ShouldBe(wholeLoss);
        gradients.ShouldBe(wholeGradients);
    }

    [Fact]
    public void Several_grains_are_the_tree_sum_of_their_gradients()
    {
        // Quarters of a batch: the weight of each is a power of two, so that all of it is exact.
        float[][] g = [.. Enumerable.Range(0, 4).Select(i => Gradients(_runs.Classes, batch: 4, grain: null, skip: i).Gradients)];
        float[] expected = [.. g[0].Select((_, i) => (g[0][i] / 4 + g[1][i] / 4) + (g[2][i] / 4 + g[3][i] / 4))];

        Gradients(_runs.Classes, batch: 16, grain: 4).Gradients.ShouldBe(expected);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(1)]
    public void Grains_weigh_what_their_samples_weigh(int grain)
    {
        // Two classes weigh nothing or little, one is ignored: grains differ in weight, and some have none.
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { Loss = new CrossEntropyLossSpec { ClassWeights = [0.1, 3, 7], IgnoreIndex = 0 } } };
        (double loss, float[] gradients) = Gradients(spec, batch: 16, grain: null);
        (double grainLoss, float[] grainGradients) = Gradients(spec, batch: 16, grain);

        grainLoss.ShouldBe(loss, 1e-6);
        for (int i = 0; i < gradients.Length; i++)
            grainGradients[i].ShouldBe(gradients[i], 1e-6f);
    }

    [Fact]
    public void A_batch_of_ignored_samples_changes_nothing()
    {
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { Loss = new CrossEntropyLossSpec { ClassWeights = [0, 0, 0] } } };

        (double loss, float[] gradients) = Gradients(spec, batch: 16, grain: null);

        loss.ShouldBe(0);
        gradients.ShouldAllBe(g => g == 0);
    }

    public static TheoryData<string> Networks => ["mlp", "cnn", "lstm", "grains"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_steady_step_allocates_nothing(string network)
    {
        RunSpec spec = Spec(network);
        using PreparedData data = Prepare(spec);
        TrainingParts parts = TrainingParts.Build(spec, data);
        using var step = new TrainingStep(parts.Network, parts.Task, parts.Loss, 1, spec.Train.Grain, Workers.Shared);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = spec.Train.BatchSize, Shuffle = true, Seed = 1 });
        Optimizer optimizer = spec.Train.Optimizer.Create(parts.Network.Body);
        long steps = 0;
        Epoch(0);
        Epoch(1);
        // The least of several epochs: the runtime's own work, such as a collection of another test, may be counted once.
        long least = long.MaxValue;
        for (int epoch = 2; epoch < 6; epoch++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Epoch(epoch);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        least.ShouldBe(0);
        steps.ShouldBeGreaterThan(50);

        void Epoch(int epoch)
        {
            reader.Begin(epoch);
            while (reader.Next() is { } batch)
            {
                step.Run(batch, steps++);
                optimizer.ClipGradientNorm(1, Workers.Shared);
                optimizer.Step(0.001, Workers.Shared);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_memory_that_is_shown_is_the_memory_that_is_taken(string network)
    {
        var onlooker = new Onlooker();
        RunSpec spec = Spec(network);
        RunResult result = _runs.Start(spec, new RunOptions { Observer = onlooker });
        using PreparedData data = Prepare(spec);
        TrainingParts parts = TrainingParts.Build(spec, data);
        using var step = new TrainingStep(parts.Network, parts.Task, parts.Loss, 1, spec.Train.Grain, Workers.Shared);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = spec.Train.BatchSize });
        Optimizer optimizer = spec.Train.Optimizer.Create(parts.Network.Body);
        reader.Begin(0);
        while (reader.Next() is { } batch)
        {
            step.Run(batch, 0);
            optimizer.Step(0.001, Workers.Serial);
        }
        long weights = parts.Network.Body.State().Sum(s => s.Value.Bytes.Length);
        long gradients = parts.Network.Body.Parameters().Sum(p => p.Grad.Bytes.Length);

        long taken = weights + gradients + step.GradientTreeBytes + optimizer.StateBytes + step.PeakBytes;

        ((double)onlooker.Seen!.PeakBytes / taken).ShouldBe(1, 0.1, $"{onlooker.Seen.PeakBytes} shown, {taken} taken");
    }

    private RunSpec Spec(string network)
    {
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { Epochs = 1, BatchSize = 10 } };
        return network switch
        {
            "cnn" => spec with
            {
                Data = Pictures(spec),
                Model = new ModelSpec
                {
                    Layers =
                    [
                        new ReshapeSpec { Shape = [1, 6, 6] },
                        new Conv2dSpec { OutChannels = 8, Activation = ActivationKind.Relu },
                        new BatchNormSpec(),
                        new MaxPool2dSpec(),
                        new FlattenSpec(),
                        new DropoutSpec(),
                        new LinearSpec { OutFeatures = 3 },
                    ],
                },
            },
            "lstm" => spec with
            {
                Data = Pictures(spec),
                Model = new ModelSpec { Layers = [new ReshapeSpec { Shape = [6, 6] }, new LstmSpec { HiddenSize = 12 }, new LinearSpec { OutFeatures = 3 }] },
            },
            "grains" => spec with { Train = spec.Train with { BatchSize = 9, Grain = 2 } },
            _ => spec,
        };
    }

    // A table of 36 features.
    private DataSpec Pictures(RunSpec spec)
    {
        string csv = Path.Combine(_runs.Folder, "pictures.csv");
        var rng = new Rng(1, "pictures");
        File.WriteAllLines(csv, [
            string.Join(',', Enumerable.Range(0, 36).Select(i => $"x{i}")) + ",kind",
            .. Enumerable.Range(0, 150).Select(row => string.Join(',', Enumerable.Range(0, 36).Select(i => rng.UniformDouble(row * 36 + i).ToString("0.000", System.Globalization.CultureInfo.InvariantCulture))) + $",k{row % 3}")]);
        return spec.Data with { Source = new CsvSource { Path = [csv] }, Features = null };
    }

    private static PreparedData Prepare(RunSpec spec) =>
        PreparedData.Prepare(spec.Data, spec.Preprocess, spec.Seed, new PrepareOptions { Target = spec.Train.Loss.Target });

    // The gradient of one batch in the order of the data, behind so many others.
    private static (double Loss, float[] Gradients) Gradients(RunSpec spec, int batch, int? grain, int skip = 0)
    {
        using PreparedData data = Prepare(spec);
        TrainingParts parts = TrainingParts.Build(spec, data);
        using var step = new TrainingStep(parts.Network, parts.Task, parts.Loss, spec.Seed, grain, Workers.Serial);
        using var reader = new BatchReader(data.Training, new BatchOptions { BatchSize = batch });
        reader.Begin(0, skip * batch);
        double loss = step.Run(reader.Next()!, 0);
        return (loss, [.. parts.Network.Body.Parameters().SelectMany(p => p.Grad.IsNone ? new float[p.Value.Count] : p.Grad.ToArray<float>())]);
    }
}
