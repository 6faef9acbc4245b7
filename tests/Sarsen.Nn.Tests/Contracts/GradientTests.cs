using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Contracts;

/// <summary>The gradients of whole networks in training, dropout and batch statistics included.</summary>
public class GradientTests
{
    public static TheoryData<string> Names => TestNetwork.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_all_parameters_agree_with_finite_differences(string name)
    {
        TestNetwork network = TestNetwork.Make(name, DType.F64);
        using (var arena = new Arena(Workers.Serial))
            network.Backward(arena, new Tape());
        const double h = 1e-5;
        foreach (Parameter parameter in network.Module.Parameters())
        {
            double[] grad = parameter.Grad.ToArray<double>();
            Span<double> values = parameter.Value.AsSpan<double>();
            // Each parameter at up to seven places.
            for (int i = 0; i < values.Length; i += Math.Max(1, values.Length / 7))
            {
                double at = values[i];
                values[i] = at + h;
                double up = network.LossAt();
                values[i] = at - h;
                double down = network.LossAt();
                values[i] = at;
                grad[i].ShouldBe((up - down) / (2 * h), 1e-7, $"{parameter.Name}, element {i}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Training_makes_the_loss_small(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        double first = network.Step(arena, tape, 0), last = 0;
        for (int i = 1; i < 60; i++)
            last = network.Step(arena, tape, i);
        last.ShouldBeLessThan(0.85 * first);
    }
}
