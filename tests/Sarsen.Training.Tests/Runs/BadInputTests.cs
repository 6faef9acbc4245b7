using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Runs;

/// <summary>What does not belong together is refused before the first step, each with its own cause and cure.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private static LayerSpec Dense(int units, ActivationKind activation = ActivationKind.None) => new LinearSpec { OutFeatures = units, Activation = activation };

    private static RunSpec With(RunSpec spec, params LayerSpec[] layers) => spec with { Model = new ModelSpec { Layers = layers } };

    private static RunSpec With(RunSpec spec, LossSpec loss) => spec with { Train = spec.Train with { Loss = loss } };

    private NetworkException Misfit(RunSpec spec) => Should.Throw<NetworkException>(() => _runs.Start(spec));

    private string Refusal<TException>(RunSpec spec) where TException : Exception => Should.Throw<TException>(() => _runs.Start(spec)).Message;

    [Fact]
    public void Outputs_are_one_for_each_class_or_value()
    {
        NetworkException error = Misfit(With(_runs.Classes, Dense(8), Dense(4)));
        error.Layer.ShouldBe(1);
        error.Message.ShouldBe("the network gives (4) for a sample, but a choice of 3 classes needs (3): end it with linear: 3");
        Misfit(With(_runs.Binary, Dense(2))).Message.ShouldContain("a choice between 'no' and 'yes' by binary cross-entropy needs (1)");
        Misfit(With(_runs.Values, Dense(2))).Message.ShouldContain("one value needs (1)");
        Misfit(With(_runs.Classes, new ReshapeSpec { Shape = [3, 1] }, Dense(3))).Message.ShouldContain("behind flatten");
    }

    [Fact]
    public void A_network_needs_something_to_train() =>
        Misfit(With(_runs.Classes, new FlattenSpec())).Message.ShouldContain("nothing to train");

    [Fact]
    public void Softmax_is_never_applied_twice()
    {
        Misfit(With(_runs.Classes, Dense(3, ActivationKind.Softmax), new ActivationSpec { Function = ActivationKind.Softmax })).Message
            .ShouldBe("cross_entropy contains the softmax, which here would be applied to what softmax gives: take the softmax away");
        Misfit(With(_runs.Classes, Dense(3, ActivationKind.Sigmoid))).Message.ShouldContain("what sigmoid gives");
        Misfit(With(_runs.Binary, Dense(1, ActivationKind.Softmax))).Message.ShouldContain("take the softmax away");
        Misfit(With(_runs.Binary, Dense(1, ActivationKind.Sigmoid), new ActivationSpec { Function = ActivationKind.Sigmoid })).Message.ShouldContain("take the sigmoid away");
        RunSpec nll = With(_runs.Classes, new NllLossSpec());
        Misfit(With(nll, Dense(3, ActivationKind.Softmax))).Message
            .ShouldBe("nll takes log-probabilities, but the network ends in softmax: end it with log_softmax, or use cross_entropy, which contains it");
        Misfit(With(nll, Dense(3))).Message.ShouldContain("end it with log_softmax");
    }

    [Fact]
    public void Softmax_at_the_end_is_fused_whatever_it_is_called()
    {
        string[] bits = [.. new[] { ActivationKind.None, ActivationKind.Softmax, ActivationKind.LogSoftmax }
            .Select(end =>
            {
                var onlooker = new Onlooker();
                RunResult result = _runs.Start(With(_runs.Classes, Dense(3, end)), new RunOptions { Observer = onlooker });
                onlooker.Seen!.Layers[^1].Kind.ShouldBe(end == ActivationKind.None ? "Softmax (in the loss; at prediction)" : $"{end} (fused with the loss, applied once)");
                return SmallRuns.Bits(result);
            })];

        bits.ShouldAllBe(b => b == bits[0]);
    }

    [Fact]
    public void Metrics_belong_to_the_task()
    {
        Refusal<RunException>(_runs.Classes with { Metrics = [new MeanSquaredError()] })
            .ShouldBe("the metric mse is for regression, the loss makes this classification: keep the metrics of that");
        Refusal<RunException>(_runs.Values with { Metrics = [new Accuracy()] }).ShouldContain("the metric accuracy is for classification");
        Refusal<SpecException>(_runs.Classes with { Metrics = [new Accuracy(), new Accuracy()] }).ShouldContain("accuracy stands twice");
    }

    [Fact]
    public void What_is_watched_is_measured()
    {
        var stopping = new EarlyStoppingSpec { Metric = "validation_rmse" };
        RunSpec spec = _runs.Classes with { Train = _runs.Classes.Train with { EarlyStopping = stopping } };

        Refusal<RunException>(spec).ShouldBe("'validation_rmse' cannot be watched: 'rmse' is not among the metrics (accuracy, f1_macro, log_loss)");
        Refusal<SpecException>(spec with { Metrics = [new Accuracy()] }).ShouldContain("'rmse' is not among the metrics (accuracy)");
        Refusal<SpecException>(spec with { Train = spec.Train with { EarlyStopping = stopping with { Metric = "accuracy" } } }).ShouldContain("expected train_loss");
    }

    [Fact]
    public void Losses_have_the_target_they_are_for()
    {
        Refusal<RunException>(_runs.Binary with { Data = _runs.Classes.Data })
            .ShouldBe("train.loss bce_with_logits tells two classes apart, the data has 3 (clay, stone, wood): use cross_entropy");
        Refusal<RunException>(With(_runs.Classes, new CrossEntropyLossSpec { ClassWeights = [1, 2] })).ShouldContain("2 class_weights, the data has 3 classes (clay, stone, wood)");
        Refusal<RunException>(With(_runs.Binary, new BceWithLogitsLossSpec { PosWeight = [1, 2] })).ShouldContain("give one");
        Refusal<DataException>(With(_runs.Classes, new MseLossSpec())).ShouldContain("kind");
        Refusal<DataException>(_runs.Classes with { Data = _runs.Classes.Data with { Target = ["y"] } }).ShouldContain("y");
    }

    [Fact]
    public void The_data_is_what_the_spec_says()
    {
        DataSpec data = _runs.Classes.Data;
        Refusal<DataException>(_runs.Classes with { Data = data with { Target = ["kid"] } }).ShouldContain("'kid'");
        Refusal<DataException>(_runs.Classes with { Data = data with { Features = ["a", "d"] } }).ShouldContain("'d'");
        Refusal<DataException>(_runs.Classes with { Data = data with { Classes = ["stone", "wood"] } }).ShouldContain("clay");
        Refusal<DataException>(_runs.Classes with { Data = data with { Source = new CsvSource { Path = [Path.Combine(_runs.Folder, "nothing.csv")] } } }).ShouldContain("nothing.csv");
        Refusal<DataException>(_runs.Classes with { Data = data with { Split = new SplitSpec { Train = 0.9999, Validation = 0.0001, Test = 0 } } }).ShouldContain("validation");
    }

    [Fact]
    public void Rows_in_memory_cannot_be_read_again()
    {
        var rows = new Sarsen.Data.Sources.RowsSource(new Sarsen.Data.Tables.MemoryRows(Sarsen.Data.Tables.MemoryRows.Numbers("a", 1.0, 2.0)));
        Refusal<ArgumentException>(_runs.Classes with { Data = _runs.Classes.Data with { Validation = rows } }).ShouldContain("write them to a file");
    }

    [Fact]
    public void One_class_is_nothing_to_learn()
    {
        string csv = Path.Combine(_runs.Folder, "one.csv");
        File.WriteAllLines(csv, ["a,b,c,kind", .. Enumerable.Range(0, 30).Select(i => $"{i},2,3,stone")]);
        DataSpec data = _runs.Classes.Data with { Source = new CsvSource { Path = [csv] } };

        Refusal<DataException>(_runs.Classes with { Data = data }).ShouldContain("stone");
        Refusal<DataException>(_runs.Binary with { Data = data }).ShouldContain("stone");
    }

    [Fact]
    public void A_batch_that_is_never_full_is_refused() =>
        Refusal<DataException>(_runs.Classes with { Train = _runs.Classes.Train with { BatchSize = 91, DropLast = true } })
            .ShouldContain("90 samples do not fill one batch of 91");

    [Fact]
    public void Pictures_fit_their_network()
    {
        string csv = Path.Combine(_runs.Folder, "pictures.csv");
        File.WriteAllLines(csv, [string.Join(',', Enumerable.Range(0, 64).Select(i => $"x{i}")) + ",kind",
            .. Enumerable.Range(0, 40).Select(i => string.Join(',', Enumerable.Range(0, 64).Select(x => (x * i) % 7)) + $",k{i % 2}")]);
        RunSpec spec = _runs.Classes with
        {
            Data = _runs.Classes.Data with { Source = new CsvSource { Path = [csv] }, Features = null },
            Preprocess = [new ReshapeStep { Shape = [1, 8, 8] }],
            Model = new ModelSpec { Preset = new LeNet5Preset() },
        };

        Misfit(spec).Message.ShouldContain("conv2d");
        Misfit(spec with { Preprocess = [] }).Message.ShouldContain("layer 1 (conv2d) does not fit");
    }

    [Fact]
    public void A_run_that_needs_more_memory_than_there_is_does_not_begin() =>
        Should.Throw<RunException>(() => _runs.Start(_runs.Classes, new RunOptions { MemoryBytes = 1000 })).Message
            .ShouldMatch(@"^training takes \d+,\d+ bytes at its most, and may use 1,000: lower train\.batch_size");

    [Fact]
    public void An_embedding_holds_the_vocabulary()
    {
        string csv = Path.Combine(_runs.Folder, "texts.csv");
        File.WriteAllLines(csv, ["text,kind", .. Enumerable.Range(0, 60).Select(i => $"word{i % 20} other{i % 7} more,{(i % 2 == 0 ? "yes" : "no")}")]);
        RunSpec spec = _runs.Classes with
        {
            Data = new DataSpec { Source = new CsvSource { Path = [csv] }, Target = ["kind"] },
            Preprocess = [new TokenizeStep { Length = 5 }],
        };

        Misfit(With(spec, new EmbeddingSpec { EmbeddingDim = 4, NumEmbeddings = 10 }, new GlobalAvgPool1dSpec(), Dense(2))).Message
            .ShouldMatch(@"^layer 1 \(embedding\) has 10 vectors, the vocabulary has \d+ ids: raise num_embeddings");
        Misfit(With(_runs.Classes, new EmbeddingSpec { EmbeddingDim = 4 }, Dense(3))).Message.ShouldContain("takes ids in I64");
        _runs.Start(With(spec, new EmbeddingSpec { EmbeddingDim = 4 }, new GlobalAvgPool1dSpec(), Dense(2))).Status.ShouldBe(RunStatus.Finished);
    }

    [Fact]
    public void Weights_are_of_this_network()
    {
        RunResult other = _runs.Start(_runs.Classes);
        string weights = Path.Combine(other.Model!, ModelFolder.WeightsFile);
        ModelSpec model = _runs.Classes.Model;

        Refusal<RunException>(_runs.Classes with { Model = model with { Weights = Path.Combine(_runs.Folder, "none.safetensors") } }).ShouldStartWith("model.weights: ");
        Refusal<ModelFormatException>(_runs.Classes with { Model = model with { Weights = _runs.Csv } }).ShouldContain("table.csv");
        Refusal<ModelFormatException>(With(_runs.Classes, Dense(17), Dense(3)) with { Model = new ModelSpec { Layers = [Dense(17), Dense(3)], Weights = weights } }).ShouldContain("0.weight");
        Refusal<ModelFormatException>(_runs.Classes with { Model = new ModelSpec { Layers = [Dense(16), new LinearSpec { OutFeatures = 3, Name = "head" }], Weights = weights } }).ShouldContain("head.weight");
        RunSpec going = _runs.Classes with { Model = model with { Weights = weights }, Train = _runs.Classes.Train with { Optimizer = new SgdSpec { Lr = 0 }, Epochs = 1 } };
        _runs.Start(going).Test!["accuracy"].ShouldBe(other.Test!["accuracy"]);
    }

    [Fact]
    public void A_run_is_resumed_as_it_began()
    {
        RunResult run = _runs.Start(_runs.Classes);
        RunOptions resume = new() { Folder = run.Folder, Resume = true };

        Should.Throw<RunException>(() => TrainingRun.Start(_runs.Classes, resume with { Folder = _runs.NewFolder() })).Message.ShouldContain("there is no run to resume in");
        Should.Throw<RunException>(() => TrainingRun.Start(_runs.Classes with { Seed = 99 }, resume)).Message.ShouldContain("was begun with another spec");
        TrainingRun.Start(_runs.Classes with { Threads = 1 }, resume).Status.ShouldBe(RunStatus.Finished);
        File.AppendAllText(_runs.Csv, "1,2,3,stone,yes,7\n");
        Should.Throw<RunException>(() => TrainingRun.Start(_runs.Classes, resume)).Message.ShouldContain("the data has changed since the run");
    }
}
