using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Runs;

/// <summary>Learning without labels: a network that gives its input again.</summary>
public sealed class ReconstructionTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    private RunSpec Spec => _runs.Classes with
    {
        Name = "again",
        Data = _runs.Values.Data with { Target = [] },
        Model = new ModelSpec { Preset = new AutoencoderPreset { Hidden = [8], Code = 3, Activation = ActivationKind.Tanh } },
        Train = _runs.Classes.Train with { Loss = new ReconstructionLossSpec(), Epochs = 40 },
    };

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Three_numbers_pass_through_three()
    {
        RunResult result = _runs.Start(Spec);

        result.Test!.Metrics.Select(m => m.Name).ShouldBe(["mse", "rmse", "mae"]);
        // The inputs are scaled to a variance of one: that is what giving the mean would lose.
        result.Test!["mse"].Value!.Value.ShouldBeLessThan(0.15);
    }

    [Fact]
    public void A_target_that_the_data_names_is_left_out() =>
        _runs.Start(Spec with { Data = _runs.Classes.Data, Train = Spec.Train with { Epochs = 1 } }).Test!["mse"].Value.ShouldNotBeNull();

    [Fact]
    public void Its_model_is_measured_again_to_the_same()
    {
        RunResult result = _runs.Start(Spec with { Train = Spec.Train with { Epochs = 2 } });

        EvaluationReport again = ModelEvaluation.OfPart(result.Model!, EvaluatedPart.Test);

        again.ToJson().ShouldBe(result.Test!.ToJson());
    }

    [Fact]
    public void Grains_give_the_loss_of_the_whole_batch()
    {
        double whole = _runs.Start(Spec with { Train = Spec.Train with { Epochs = 1 } }).Test!["mse"].Value!.Value;
        double grains = _runs.Start(Spec with { Train = Spec.Train with { Epochs = 1, Grain = 5 } }).Test!["mse"].Value!.Value;

        grains.ShouldBe(whole, 1e-4 * whole);
    }

    [Fact]
    public void Inputs_from_0_to_1_may_be_compared_by_cross_entropy()
    {
        RunSpec spec = Spec with { Preprocess = [new MinMaxScaleStep()], Train = Spec.Train with { Loss = new ReconstructionLossSpec { Error = ReconstructionError.Bce }, Epochs = 60 } };

        // Uniform guesses of a half would lose some 0.03 for normals scaled to their range.
        _runs.Start(spec with { Data = spec.Data with { Split = new() { Train = 1, Validation = 0, Test = 0 } } }).State!.Step.ShouldBeGreaterThan(0);
        Should.Throw<RunException>(() => _runs.Start(spec with { Preprocess = [new StandardScaleStep()] })).Message.ShouldContain("takes inputs from 0 to 1");
    }

    [Fact]
    public void A_network_of_another_shape_is_refused() =>
        Should.Throw<Models.NetworkException>(() => _runs.Start(Spec with { Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 2 }] } }))
            .Message.ShouldBe("the network gives (2) for a sample, but a reconstruction of the input needs (3): end it with linear: 3, or take the preset autoencoder");

    [Fact]
    public void Metrics_of_classes_are_refused() =>
        Should.Throw<RunException>(() => _runs.Start(Spec with { Metrics = [new Accuracy()] })).Message.ShouldContain("accuracy is for classification");
}
