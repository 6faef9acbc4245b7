using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Contracts;

/// <summary>«After warm-up a step or a prediction allocates no managed byte and faults no page.»</summary>
public class SteadyStepTests
{
    public static TheoryData<string> Names => TestNetwork.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_training_step_allocates_nothing_and_needs_no_new_page(string name)
    {
        foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
        {
            TestNetwork network = TestNetwork.Make(name);
            using var arena = new Arena(workers);
            var tape = new Tape();
            for (int i = 0; i < 3; i++)
                network.Step(arena, tape, i);
            long peak = arena.PeakBytes;
            AllocatedBytes.Of(() =>
            {
                for (int i = 3; i < 13; i++)
                    network.Step(arena, tape, i);
            }).ShouldBe(0);
            arena.PeakBytes.ShouldBe(peak);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prediction_allocates_nothing_and_needs_no_new_page(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        using var arena = new Arena(Workers.Serial);
        float[] x = new float[network.Input.Count];
        for (int i = 0; i < 3; i++)
            Predict();
        long peak = arena.PeakBytes;
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 10; i++)
                Predict();
        }).ShouldBe(0);
        arena.PeakBytes.ShouldBe(peak);

        void Predict()
        {
            using Scope scope = arena.Begin(Mode.Inference);
            network.Module.Call(scope.From<float>(x, network.Input));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shape_only_run_has_the_peak_of_a_real_step(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        using var arena = new Arena(Workers.Shared);
        network.Backward(arena, new Tape());
        // The input of a real step lies outside the arena; the shape-only run has it inside, rounded up to 64 bytes.
        long input = (network.Input.Count * sizeof(float) + 63) / 64 * 64;
        for (int again = 0; again < 2; again++)
        {
            ModuleSummary summary = ModuleSummary.Of(network.Module, network.Input,
                loss: (_, y) => network.Loss.Call(y, Tensor.Empty(DType.I64, new Shape(TestNetwork.Batch))));
            (summary.StepBytes - input).ShouldBe(arena.PeakBytes);
        }
    }
}
