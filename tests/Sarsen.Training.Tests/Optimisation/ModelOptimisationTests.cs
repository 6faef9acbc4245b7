using System.Runtime.InteropServices;
using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Optimisation;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;

namespace Sarsen.Training.Tests.Optimisation;

public sealed class ModelOptimisationTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private RunSpec Wide => _runs.Classes with
    {
        Model = new ModelSpec
        {
            Layers =
            [
                new LinearSpec { OutFeatures = 48, Activation = ActivationKind.Relu }, new LinearSpec { OutFeatures = 40, Activation = ActivationKind.Tanh },
                new LinearSpec { OutFeatures = 3 },
            ],
        },
        Train = _runs.Classes.Train with { Epochs = 12 },
    };

    private string Target => Path.Combine(_runs.Folder, "optimised");

    private static OptimisationRow Row(OptimisationReport report, string name) => report.Rows.Single(r => r.Name == name);

    [Fact]
    public void Int8_is_a_quarter_of_the_size_and_keeps_the_accuracy_nearly()
    {
        RunResult run = _runs.Start(Wide);
        OptimisationReport report = ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.Int8, CalibrationPart = EvaluatedPart.Training, MaxLoss = 0.1 });

        report.Model.ShouldBe(Target);
        report.Products.ShouldBe(2);
        report.Calibrated.ShouldBeTrue();
        (Row(report, "size").After / Row(report, "size").Before)!.Value.ShouldBeInRange(0.2, 0.6);
        report.Loss.ShouldBeLessThanOrEqualTo(0.1);
        report.Metric.ShouldBe("accuracy");
        Row(report, "latency, 32 at once").After!.Value.ShouldBeGreaterThan(0);

        // The new folder holds what was measured.
        ModelManifest manifest = ModelFolder.ReadManifest(Target);
        manifest.Weights.ShouldBe("int8");
        manifest.Metrics["test_accuracy"].ShouldBe(Row(report, "accuracy").After!.Value);
        ModelEvaluation.OfPart(Target, EvaluatedPart.Test)["log_loss"].Value.ShouldBe(Row(report, "log_loss").After);
        using SafetensorsFile weights = SafetensorsFile.Open(Path.Combine(Target, ModelFolder.WeightsFile));
        weights.Entries.Where(e => e.DType == DType.I8).Select(e => e.Name).ShouldBe(["2.weight", "4.weight"], ignoreOrder: true);
        weights.Contains("2.weight.input_range").ShouldBeTrue();
        Network network = ModelFolder.Load(Target);
        network.Quantised.Count.ShouldBe(2);
        Predict(ModelFolder.Load(Target, floats: false)).ShouldBe(Predict(network));
        Directory.Exists(Target + ".trial").ShouldBeFalse();
    }

    [Fact]
    public void F16_rounds_the_weights_once_and_computes_as_before()
    {
        RunResult run = _runs.Start(Wide);
        OptimisationReport report = ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.F16 });

        report.Loss.ShouldBeInRange(-0.05, 0.05);
        (Row(report, "size").After / Row(report, "size").Before)!.Value.ShouldBeInRange(0.45, 0.7);
        Network before = ModelFolder.Load(run.Model!), after = ModelFolder.Load(Target);
        foreach ((float wide, float rounded) in before.Body.State().First().Value.ToArray<float>().Zip(after.Body.State().First().Value.ToArray<float>()))
            rounded.ShouldBe((float)(Half)wide);
        after.Quantised.ShouldBeEmpty();
    }

    [Fact]
    public void A_model_that_loses_more_is_not_kept()
    {
        RunResult run = _runs.Start(Wide);
        // The log loss of weights of one value a layer is far from what training found.
        Network network = ModelFolder.Load(run.Model!);
        float[] weights = network.Body.State().Single(s => s.Name == "2.weight").Value.ToArray<float>();
        network.Body.State().Single(s => s.Name == "2.weight").Value.AsSpan<float>()[0] = 3000 * weights.Max();
        Rewrite(run.Model!, network);

        OptimisationReport report = ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.Int8, MaxLoss = 0, Metric = "log_loss" });

        report.Loss.ShouldBeGreaterThan(0);
        report.Model.ShouldBeNull();
        Directory.Exists(Target).ShouldBeFalse();
        Directory.Exists(Target + ".trial").ShouldBeFalse();
    }

    [Fact]
    public void What_cannot_be_is_refused_before_anything_is_written()
    {
        RunResult run = _runs.Start(Wide), small = _runs.Start(_runs.Values);
        Refused(run.Model!, _runs.Folder, new OptimisationOptions { To = WeightFormat.F16 }).ShouldContain("there is something at");
        Refused(small.Model!, Target, new OptimisationOptions { To = WeightFormat.Int8 }).ShouldContain("no weight of this model is large enough");
        Refused(run.Model!, Target, new OptimisationOptions { To = WeightFormat.F16, Metric = "rmse" }).ShouldContain("measured are accuracy");
        ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.F16 });
        Refused(Target, Target + "2", new OptimisationOptions { To = WeightFormat.Int8 }).ShouldContain("are f16 already");

        Network network = ModelFolder.Load(run.Model!);
        network.Body.State().First().Value.AsSpan<float>()[0] = 1e6f;
        Rewrite(run.Model!, network);
        Should.Throw<NetworkException>(() => ModelOptimisation.Run(run.Model!, Target + "3", new OptimisationOptions { To = WeightFormat.F16 })).Message.ShouldContain("beyond the 65504 that f16 reaches");

        static string Refused(string model, string target, OptimisationOptions options) =>
            Should.Throw<RunException>(() => ModelOptimisation.Run(model, target, options)).Message;
    }

    [Fact]
    public void A_damaged_weight_of_bytes_is_refused_with_its_place()
    {
        RunResult run = _runs.Start(Wide);
        ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.Int8 });
        string file = Path.Combine(Target, ModelFolder.WeightsFile);
        (string Name, Tensor Value)[] tensors;
        using (SafetensorsFile from = SafetensorsFile.Open(file))
            tensors = [.. from.Entries.Select(e => (e.Name, from.Read(e.Name)))];
        SafetensorsWriter.Write(file, tensors.Where(t => t.Name != "2.weight.scale"));
        Should.Throw<ModelFormatException>(() => ModelFolder.Load(Target)).Message.ShouldContain("2.weight.scale");
        tensors.Single(t => t.Name == "2.weight.scale").Value.AsSpan<float>()[1] = float.NaN;
        SafetensorsWriter.Write(file, tensors);
        Should.Throw<ModelFormatException>(() => ModelFolder.Load(Target)).Message.ShouldContain("NaN is not a finite number");
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Recurrent_networks_become_bytes(string kind)
    {
        LayerSpec layer = kind switch
        {
            "rnn" => new RnnSpec { HiddenSize = 36 },
            "lstm" => new LstmSpec { HiddenSize = 36 },
            _ => new GruSpec { HiddenSize = 36 },
        };
        RunSpec spec = _runs.Classes with
        {
            Preprocess = [new StandardScaleStep(), new ReshapeStep { Shape = [3, 1] }],
            Model = new ModelSpec { Layers = [layer, new LinearSpec { OutFeatures = 3 }] },
            Train = _runs.Classes.Train with { Epochs = 12 },
        };
        RunResult run = _runs.Start(spec);
        OptimisationReport report = ModelOptimisation.Run(run.Model!, Target, new OptimisationOptions { To = WeightFormat.Int8 });
        report.Loss.ShouldBeInRange(-0.1, 0.1);
        (Row(report, "size").After / Row(report, "size").Before)!.Value.ShouldBeLessThan(0.7);
    }

    private static float[] Predict(Network network)
    {
        using var runner = new PlanRunner(network.ToPlan());
        MemoryMarshal.Cast<byte, float>(runner.Prepare(network.InputShape(2))).Fill(0.7f);
        runner.Run();
        return runner.Output<float>().ToArray();
    }

    private static void Rewrite(string folder, Network network) =>
        SafetensorsWriter.Write(Path.Combine(folder, ModelFolder.WeightsFile), network.Body.State().Select(s => (s.Name, s.Value)));
}
