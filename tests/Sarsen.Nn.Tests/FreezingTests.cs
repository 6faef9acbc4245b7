using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests;

public class FreezingTests
{
    private static Sequential Network() =>
        new Sequential().Add(new Sequential(new Linear(3, 4), new LayerNorm(4)), "features").Add(new Linear(4, 2), "head");

    [Theory]
    [InlineData("features.*", "features.0.weight", true)]
    [InlineData("features.*", "features", false)]
    [InlineData("*.bias", "a.b.bias", true)]
    [InlineData("*.bias", "bias", false)]
    [InlineData("*", "anything.at.all", true)]
    [InlineData("layer?.weight", "layer1.weight", true)]
    [InlineData("layer?.weight", "layer12.weight", false)]
    [InlineData("*a*b*", "xaxxabyy", true)]
    [InlineData("*a*b", "xaxxabyy", false)]
    [InlineData("head.weight", "head.weight", true)]
    [InlineData("head", "head.weight", false)]
    public void Names_match_patterns(string pattern, string name, bool matches) => NamePattern.Matches(pattern, name).ShouldBe(matches);

    [Fact]
    public void Frozen_parameters_get_no_gradient_and_no_step()
    {
        Sequential network = Network();
        network.Initialize(1);
        network.Freeze("features.*").ShouldBe(4);
        network.Freeze("features.0.*").ShouldBe(0);
        network.Parameters().Count(p => p.RequiresGrad).ShouldBe(2);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
            tape.Backward(network.Call(Tensor.From<float>([1, 2, 3], new Shape(1, 3))).Sum());
        network.State().Where(s => !s.Parameter!.Grad.IsNone).Select(s => s.Name).ShouldBe(["head.weight", "head.bias"]);
        new Sgd(network).State().Select(s => s.Name).ShouldBe(["head.weight.step", "head.bias.step"]);
        network.Unfreeze("*").ShouldBe(4);
    }

    [Fact]
    public void Names_are_those_within_the_module()
    {
        Sequential network = Network();
        network.Items[0].Freeze("0.weight").ShouldBe(1);
        network.State().Single(s => s.Name == "features.0.weight").Parameter!.RequiresGrad.ShouldBeFalse();
        Should.Throw<ArgumentException>(() => network.Freeze("feature.*")).Message.ShouldContain("'feature.*'; there are features.0.weight");
    }

    [Fact]
    public void What_is_computed_in_a_pause_is_a_constant()
    {
        Tensor x = Tensor.From<float>([1, 2, 3], new Shape(3)).WithGrad();
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Tensor first = x.Square(), constant;
            using (Tape.Pause())
            {
                constant = x * first;
                constant.RequiresGrad.ShouldBeFalse();
                using (Tape.Pause())
                    _ = constant.Sum();
                _ = constant.Sum();
            }
            tape.Count.ShouldBe(1);
            tape.Backward((first * constant).Sum());
        }
        // d/dx Σ x² c = 2 x c, c = x³.
        x.Grad.ToArray<float>().ShouldBe([2, 32, 162]);
        using (Tape.Pause())
            x.Square().ToArray<float>().ShouldBe([1, 4, 9]);
    }

    [Fact]
    public void Backward_goes_on_from_a_given_gradient()
    {
        Tensor x = Tensor.From<float>([1, 2, 3], new Shape(3)).WithGrad(), up = Tensor.From<float>([1, 0, -2], new Shape(3));
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
            tape.Backward(x.Square(), up);
        x.Grad.ToArray<float>().ShouldBe([2, 0, -12]);
        string message = "";
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Tensor y = x.Square();
            try
            {
                tape.Backward(y, Tensor.Empty(DType.F32, new Shape(2)));
            }
            catch (ShapeException e)
            {
                message = e.Message;
            }
        }
        message.ShouldContain("F32 (3) expected");
    }
}
