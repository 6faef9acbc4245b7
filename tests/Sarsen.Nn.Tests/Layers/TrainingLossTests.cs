using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>The losses of twenty training steps of a tiny network around every layer, against PyTorch's.</summary>
public class TrainingLossTests
{
    // What the goldens store is rounded to nine digits.
    private const double DoubleLossError = 1e-8;

    private sealed record Training(Func<DType, Module> Make, LayerGolden.Values[] Inputs, LayerGolden.Values[] State, LayerGolden.Values[] Results, double[] Losses);

    private static readonly Training[] s_all =
    [
        .. LayerGolden.All.Concat(VisionGolden.All).Where(g => g.Training).Select(g => new Training(g.Make, g.Inputs, g.State, g.Results, g.Losses)),
        .. TransformerGolden.All.Select(g => new Training(g.Make, g.Inputs, g.State, [g.Result], g.Losses)),
        .. DropoutGolden.All.Select(g => new Training(g.Make, g.Inputs, g.State, g.Results, g.Losses)),
    ];

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, s_all.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_of_twenty_steps_are_those_of_PyTorch(int index)
    {
        Train(s_all[index], DType.F64, DoubleLossError);
        Train(s_all[index], DType.F32, GoldenValues.SingleLossError);
    }

    [Fact]
    public void No_layer_is_left_out()
    {
        HashSet<Type> seen = [.. s_all.SelectMany(t => t.Make(DType.F32).Modules()).Select(m => m.GetType())];
        typeof(Linear).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(Linear).Namespace && t is { IsAbstract: false, IsPublic: true } && t.IsSubclassOf(typeof(Module)) && !seen.Contains(t))
            .ShouldBeEmpty();
    }

    private static void Train(Training golden, DType type, double error)
    {
        Module layer = golden.Make(type);
        var network = new AroundLayer(layer, golden.Inputs, golden.State, golden.Results, type);
        var optimizer = new Sgd(network, momentum: 0.9);
        long ids = layer is Embedding ? golden.State[0].Shape[0] : 0;
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        golden.Losses.Length.ShouldBe(20);
        for (int step = 0; step < golden.Losses.Length; step++)
        {
            network.ZeroGrad();
            double loss;
            using (Scope scope = arena.Begin(Mode.Training, tape, new Rng(9, "losses", step)))
                loss = tape.Backward(network.Loss(step, ids));
            loss.ShouldBe(golden.Losses[step], error * golden.Losses[step], $"{layer.Kind} {type}: the loss of step {step}");
            optimizer.Step(0.02);
        }
    }
}
