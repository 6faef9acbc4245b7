using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests;

public class CheckpointTests
{
    private static Sequential Network(bool checkpoint, bool nested = false)
    {
        Sequential Block(int channels) => new(
            new Linear(channels, 24), new BatchNorm1d(24), new Activation(ActivationFunction.Gelu), new Dropout(0.3), new Linear(24, 24), new Activation(ActivationFunction.Tanh));
        Sequential first = Block(5), second = Block(24), both = new(first, second);
        var network = new Sequential(both, new Linear(24, 3));
        (both.Checkpoint, first.Checkpoint, second.Checkpoint) = (nested && checkpoint, checkpoint, checkpoint && !nested);
        network.Initialize(9);
        return network;
    }

    private static Tensor Input() => Tensor.From([.. Enumerable.Range(0, 40).Select(i => (float)Math.Sin(i))], new Shape(8, 5));

    private static readonly Tensor s_target = Tensor.From<long>([0, 1, 2, 0, 1, 2, 0, 1], new Shape(8));

    private static double[] Train(Sequential network, Workers workers, out long peak)
    {
        using var arena = new Arena(workers);
        using var tape = new Tape();
        var optimizer = new AdamW(network);
        Tensor x = Input().WithGrad();
        var losses = new List<double>();
        for (int step = 0; step < 3; step++)
        {
            network.ZeroGrad();
            x.ZeroGrad();
            using (Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step", step)))
                losses.Add(tape.Backward(new CrossEntropyLoss().Call(network.Call(x), s_target)));
            optimizer.Step(0.01, workers);
        }
        peak = arena.PeakBytes + tape.RecomputeBytes;
        return [.. losses, .. network.State().SelectMany(s => SampleTensors.Values(s.Value)), .. SampleTensors.Values(x.Grad)];
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_has_the_bits_of_a_network_that_keeps_everything(bool nested)
    {
        double[] expected = Train(Network(checkpoint: false), Workers.Serial, out _);
        Train(Network(checkpoint: true, nested), Workers.Serial, out _).ShouldBe(expected);
        Train(Network(checkpoint: true, nested), Workers.Shared, out _).ShouldBe(expected);
    }

    [Fact]
    public void A_shape_only_run_has_its_peak_and_shows_what_is_inside()
    {
        Sequential network = Network(checkpoint: true);
        ModuleSummary summary = ModuleSummary.Of(network, new Shape(8, 5), loss: (_, y) => new CrossEntropyLoss().Call(y, Tensor.Empty(DType.I64, new Shape(8))));
        summary.Rows.Count.ShouldBe(13);
        summary.Graph.Nodes.ShouldNotContain(n => n.Op.Name == "checkpoint");
        using var arena = new Arena(Workers.Shared);
        using var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step")))
        {
            Tensor x = scope.From<float>(Input().AsSpan<float>(), new Shape(8, 5));
            tape.Backward(new CrossEntropyLoss().Call(network.Call(x), s_target));
        }
        summary.StepBytes.ShouldBe(arena.PeakBytes + tape.RecomputeBytes, $"{arena.PeakBytes} and {tape.RecomputeBytes}");
    }

    [Fact]
    public void Less_is_kept_of_many_layers()
    {
        Sequential Deep(bool checkpoint)
        {
            var network = new Sequential();
            for (int block = 0; block < 10; block++)
                network.Add(new Sequential(Enumerable.Range(0, 10).Select(_ => new Activation(ActivationFunction.Mish))) { Checkpoint = checkpoint });
            return new Sequential(new Linear(64, 64), network);
        }
        long whole = ModuleSummary.Of(Deep(false), new Shape(32, 64)).StepBytes;
        ModuleSummary.Of(Deep(true), new Shape(32, 64)).StepBytes.ShouldBeLessThan(whole / 2);
    }

    [Fact]
    public void A_plan_is_made_of_what_is_inside()
    {
        Sequential network = Network(checkpoint: true);
        using (network.Items[0].OnGradient((_, _) => { }))
        {
            using var runner = new PlanRunner(new Plan(network.Call, network, DType.F32, new PlanOptions { Folding = false }), Workers.Serial);
            Input().Bytes.CopyTo(runner.Prepare(new Shape(8, 5)));
            runner.Run();
            using var arena = new Arena(Workers.Serial);
            using Scope scope = arena.Begin(Mode.Inference);
            runner.Output<float>().ToArray().ShouldBe(network.Call(Input()).ToArray<float>());
        }
    }

    [Fact]
    public void A_steady_step_allocates_nothing()
    {
        Sequential network = Network(checkpoint: true, nested: true);
        using var arena = new Arena(Workers.Serial);
        using var tape = new Tape();
        var loss = new CrossEntropyLoss();
        Tensor x = Input();
        for (int i = 0; i < 3; i++)
            Step();
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 5; i++)
                Step();
        }).ShouldBe(0);

        void Step()
        {
            network.ZeroGrad();
            using Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step"));
            tape.Backward(loss.Call(network.Call(x), s_target));
        }
    }

    [Fact]
    public void Weights_that_changed_before_backward_are_refused()
    {
        Sequential network = Network(checkpoint: true);
        var optimizer = new Sgd(network);
        using var arena = new Arena(Workers.Serial);
        using var tape = new Tape();
        using Scope scope = arena.Begin(Mode.Training, tape, new Rng(1, "step"));
        Tensor loss = network.Call(Input()).Sum();
        foreach (Parameter parameter in network.Parameters())
            parameter.Value.TakeGrad();
        optimizer.Step(0.1);
        bool refused = false;
        try
        {
            tape.Backward(loss);
        }
        catch (InvalidOperationException e)
        {
            refused = e.Message.Contains("changed in place", StringComparison.Ordinal);
        }
        refused.ShouldBeTrue();
    }
}
