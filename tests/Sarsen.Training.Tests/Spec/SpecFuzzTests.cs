using System.Diagnostics;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Tensors;
using Sarsen.Testing;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Spec;

/// <summary>Odd specs are answered with typed errors, in bounded time: by the binder, and by what builds networks.</summary>
public sealed class SpecFuzzTests
{
    private static readonly SpecBinder s_binder = new(RunSpec.Choices);

    [Fact]
    public void Odd_specs_are_refused() => Bind(1_000);

    [SlowFact]
    public void Many_odd_specs_are_refused() => Bind(100_000);

    [Fact]
    public void Odd_networks_are_refused() => Build(300);

    [SlowFact]
    public void Many_odd_networks_are_refused() => Build(10_000);

    [Fact]
    public void Layers_larger_than_memory_are_refused() =>
        Should.Throw<NetworkException>(() => Network.Build(new NetworkDefinition { InputShape = [1 << 20], Layers = [new LinearSpec { OutFeatures = int.MaxValue }] }))
            .Message.ShouldStartWith("layer 1 (linear) is too large: ");

    private static void Bind(int rounds)
    {
        var mutator = new SpecMutator(seed: 3);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            string text = mutator.Next();
            refused += Refused<SpecException>(round, text, () => s_binder.Bind<RunSpec>(new SpecText("odd", text))) ? 1 : 0;
        }
        refused.ShouldBeInRange(rounds / 3, rounds - 1);
    }

    private static void Build(int rounds)
    {
        var mutator = new SpecMutator(seed: 4);
        int bound = 0, built = 0;
        long[] sizes = [0, 1, 2, 3, 8, 28, 100, 1 << 10];
        for (int round = 0; round < rounds; round++)
        {
            string text = mutator.NextNetwork();
            RunSpec spec = null!;
            if (Refused<SpecException>(round, text, () => spec = s_binder.Bind<RunSpec>(new SpecText("odd", text))))
                continue;
            bound++;
            var definition = new NetworkDefinition
            {
                InputType = mutator.Next(4) == 0 ? DType.I64 : DType.F32,
                InputShape = [.. Enumerable.Range(0, mutator.Next(5)).Select(_ => sizes[mutator.Next(sizes.Length)])],
                Layers = spec.Model.Layers,
                Output = (OutputFunction)mutator.Next(4),
            };
            built += Refused<NetworkException>(round, $"{string.Join('x', definition.InputShape)} {text}", () => Network.Build(definition)) ? 0 : 1;
        }
        bound.ShouldBeGreaterThan(rounds / 4);
        built.ShouldBeInRange(rounds / 50, bound - 1);
    }

    private static bool Refused<TException>(int round, string what, Action action) where TException : Exception
    {
        long begun = Stopwatch.GetTimestamp();
        Exception? error = Record.Exception(action);
        (error is null or TException).ShouldBeTrue($"round {round}: {error}\n{what}");
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(5), $"round {round}: {what}");
        return error is not null;
    }
}
