using Sarsen.Formats;
using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;
using Sarsen.Training.Tests.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Trainers;

/// <summary>Accumulation, averages of weights, groups and freezing, from the spec to the model.</summary>
public sealed class LearningTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    private RunSpec With(Func<TrainSpec, TrainSpec> change) => _runs.Classes with { Train = change(_runs.Classes.Train) };

    [Fact]
    public void Batches_that_are_accumulated_are_grains_of_a_large_one()
    {
        RunResult accumulated = _runs.Start(With(t => t with { BatchSize = 8, Accumulate = 3 }));
        accumulated.State!.Step.ShouldBe(12);
        SmallRuns.Bits(accumulated).ShouldBe(SmallRuns.Bits(_runs.Start(With(t => t with { BatchSize = 24, Grain = 8 }))));
        SmallRuns.Bits(accumulated).ShouldNotBe(SmallRuns.Bits(_runs.Start(With(t => t with { BatchSize = 24 }))));
        _runs.Start(With(t => t with { BatchSize = 8, Accumulate = 3, Grain = 4, Epochs = 1 })).State!.Step.ShouldBe(4);
    }

    [Fact]
    public void The_average_of_the_weights_is_validated_and_kept()
    {
        RunResult plain = _runs.Start(With(t => t with { EarlyStopping = null })), averaged = _runs.Start(With(t => t with { Ema = 0.8 }));

        // The last weights are the same, the model is the average.
        float[] last = Weights(averaged, "checkpoints", "model.safetensors"), average = Weights(averaged, "checkpoints", "average.safetensors");
        last.ShouldBe(Weights(plain, "checkpoints", "model.safetensors"));
        average.ShouldNotBe(last);
        Model(averaged).ShouldBe(average);
        averaged.Network!.Body.Parameters().First().Value.ToArray<float>().ShouldBe(average);
        averaged.State!.History[^1].TrainLoss.ShouldBe(plain.State!.History[^1].TrainLoss);
        averaged.State.History[^1].ValidationLoss.ShouldNotBe(plain.State.History[^1].ValidationLoss);
    }

    [Fact]
    public void The_best_average_is_restored()
    {
        // Nothing is ever so much better than the first epoch.
        var stopping = new EarlyStoppingSpec { Patience = 2, MinDelta = 1e6 };
        RunResult stopped = _runs.Start(With(t => t with { Epochs = 9, Ema = 0.8, EarlyStopping = stopping }));
        SmallRuns.Bits(stopped).ShouldBe(SmallRuns.Bits(_runs.Start(With(t => t with { Epochs = 1, Ema = 0.8 }))));
    }

    [Fact]
    public void A_run_with_an_average_groups_and_frozen_weights_resumes_to_the_same_bits()
    {
        foreach (OptimizerSpec optimizer in (OptimizerSpec[])[
            new NAdamSpec { Lr = 0.02, Groups = [new ParameterGroupSpec { MaxRank = 1, WeightDecay = 0 }], WeightDecay = 0.1 },
            new LionSpec { Lr = 0.003, Groups = [new ParameterGroupSpec { Parameters = ["2.*"], Lr = 0.01 }] }])
        {
            RunSpec spec = With(t => t with { Ema = 0.9, Accumulate = 2, BatchSize = 8, Freeze = ["0.bias"], Optimizer = optimizer });
            string expected = SmallRuns.Bits(_runs.Start(spec));
            foreach (int stop in (ReadOnlySpan<int>)[1, 4, 9])
            {
                string folder = _runs.NewFolder();
                using var pause = new CancellationTokenSource();
                var onlooker = new Onlooker(report =>
                {
                    if (report.Step == stop)
                        pause.Cancel();
                });
                _runs.Start(spec, new RunOptions { Folder = folder, Observer = onlooker, Workers = Workers.Serial }, pause.Token).Status.ShouldBe(RunStatus.Interrupted);
                RunResult resumed = _runs.Start(spec, new RunOptions { Folder = folder, Resume = true, Workers = Workers.Shared });
                SmallRuns.Bits(resumed).ShouldBe(expected, $"stopped after {stop}");
            }
        }
    }

    [Fact]
    public void Frozen_weights_stay_as_they_began()
    {
        RunSpec spec = With(t => t with { Freeze = ["0.*"] });
        var onlooker = new Onlooker();
        RunResult result = _runs.Start(spec, new RunOptions { Observer = onlooker });
        RunResult start = _runs.Start(With(t => t with { Optimizer = new SgdSpec { Lr = 0 }, Epochs = 1 }));
        Parameter[] trained = [.. result.Network!.Body.Parameters()], first = [.. start.Network!.Body.Parameters()];
        trained[0].Value.ToArray<float>().ShouldBe(first[0].Value.ToArray<float>());
        trained[2].Value.ToArray<float>().ShouldNotBe(first[2].Value.ToArray<float>());
        onlooker.Seen!.Parameters.ShouldBe(16 * 3 + 3);

        Should.Throw<RunException>(() => _runs.Start(With(t => t with { Freeze = ["9.*"] }))).Message.ShouldContain("train.freeze: no parameter is named like '9.*'");
        Should.Throw<RunException>(() => _runs.Start(With(t => t with { Freeze = ["*"] }))).Message.ShouldContain("nothing to train");
    }

    [Fact]
    public void Groups_that_are_of_no_use_are_refused()
    {
        RunSpec Groups(params ParameterGroupSpec[] groups) => With(t => t with { Optimizer = new AdamSpec { Groups = groups } });
        Should.Throw<RunException>(() => _runs.Start(Groups(new ParameterGroupSpec { Parameters = ["norm.*"] }))).Message.ShouldContain("train.optimizer: the group norm.* has no trained parameter");
        RunSpec still = With(t => t with { Optimizer = new SgdSpec { Lr = 0, Groups = [new ParameterGroupSpec { Lr = 0.1 }] } });
        Should.Throw<SpecException>(() => _runs.Start(still)).Message.ShouldContain("a part of the optimizer's, which is 0");
    }

    [Fact]
    public void Counts_are_predicted_as_the_exponential_of_what_the_network_gives()
    {
        RunSpec spec = _runs.Values with { Preprocess = [], Train = _runs.Values.Train with { Loss = new PoissonNllLossSpec(), Optimizer = new AdamSpec { Lr = 0.5 }, Epochs = 12 } };
        RunResult result = _runs.Start(spec);
        // y is about a hundred, the network's result about its logarithm.
        result.Test!["mae"].Value!.Value.ShouldBeLessThan(20);
        result.Network!.Definition.Output.ShouldBe(Sarsen.Models.OutputFunction.Exp);
    }

    [Fact]
    public void Layers_of_the_spec_are_built()
    {
        RunSpec spec = With(t => t with { Epochs = 1 });
        spec = spec with
        {
            Model = new ModelSpec
            {
                Layers =
                [
                    new LinearSpec { OutFeatures = 24, Activation = ActivationKind.Mish },
                    new GluSpec { Gate = GluGate.Gelu },
                    new PReluSpec { PerChannel = true },
                    new ReshapeSpec { Shape = [4, 3] },
                    new GruSpec { HiddenSize = 5, Bidirectional = true },
                    new ActivationSpec { Function = ActivationKind.Elu, Alpha = 0.5 },
                    new LinearSpec { OutFeatures = 3 },
                ],
            },
        };
        RunResult result = _runs.Start(spec);
        result.Network!.Body.State().Select(s => s.Name).ShouldContain("5.weight_hh_l0_reverse");
        result.Network.Body.State().Single(s => s.Name == "3.weight").Value.Count.ShouldBe(12);
    }

    // The first weights of a file in the run's newest checkpoint.
    private static float[] Weights(RunResult result, string folder, string file) =>
        Read(Path.Combine(Directory.EnumerateDirectories(Path.Combine(result.Folder, folder)).Max()!, file));

    private static float[] Model(RunResult result) => Read(Path.Combine(result.Model!, "model.safetensors"));

    private static float[] Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Sarsen.Tensors.Tensor weights = Sarsen.Tensors.Tensor.Empty(Sarsen.Tensors.DType.F32, new Sarsen.Tensors.Shape(16, 3));
        file.ReadInto("0.weight", weights);
        return weights.ToArray<float>();
    }
}
