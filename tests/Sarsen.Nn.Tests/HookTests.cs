using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests;

public class HookTests
{
    private static Sequential Network()
    {
        var network = new Sequential(new Linear(3, 4), new Activation(ActivationFunction.Tanh), new Linear(4, 1));
        network.Initialize(2);
        return network;
    }

    private static readonly Tensor s_x = Tensor.From<float>([1, 2, 3, -1, 0, 1], new Shape(2, 3));

    private static void Backward(Module network)
    {
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        network.ZeroGrad();
        using Scope scope = arena.Begin(Mode.Training, tape);
        tape.Backward(network.Call(s_x).Square().Sum());
    }

    [Fact]
    public void A_forward_hook_sees_each_call_and_may_give_another_result()
    {
        Sequential network = Network();
        var seen = new List<Shape>();
        using (network.Items[1].OnForward((module, input, output) =>
        {
            module.ShouldBe(network.Items[1]);
            seen.Add(input.Shape);
            return output * 0.0;
        }))
        {
            // What is behind sees zeros: only the bias is left.
            float bias = ((Linear)network.Items[2]).Bias!.Value.AsSpan<float>()[0];
            network.Call(s_x).ToArray<float>().ShouldBe([bias, bias]);
            using var arena = new Arena(Workers.Serial);
            using Scope scope = arena.Begin(Mode.Inference);
            network.Call(s_x).ToArray<float>().ShouldBe([bias, bias]);
        }
        network.Call(s_x);
        seen.ShouldBe([new Shape(2, 4), new Shape(2, 4)]);
    }

    [Fact]
    public void A_gradient_hook_sees_the_gradient_and_may_change_it()
    {
        Sequential network = Network();
        Backward(network);
        float[] whole = ((Linear)network.Items[0]).Weight.Grad.ToArray<float>();
        var seen = new List<float[]>();
        IDisposable watching = network.Items[1].OnGradient((_, gradient) => seen.Add(gradient.ToArray<float>()));
        Backward(network);
        seen.Count.ShouldBe(1);
        ((Linear)network.Items[0]).Weight.Grad.ToArray<float>().ShouldBe(whole);
        using (network.Items[1].OnGradient((_, gradient) =>
        {
            foreach (ref float g in gradient.AsSpan<float>())
                g *= 2;
        }))
        {
            Backward(network);
        }
        ((Linear)network.Items[0]).Weight.Grad.ToArray<float>().ShouldBe([.. whole.Select(g => 2 * g)], 1e-6);
        watching.Dispose();
        watching.Dispose();
        Backward(network);
        seen.Count.ShouldBe(2);
        seen[1].ShouldBe(seen[0]);
        ((Linear)network.Items[0]).Weight.Grad.ToArray<float>().ShouldBe(whole);
    }

    [Fact]
    public void Operations_in_a_gradient_hook_are_refused()
    {
        Sequential network = Network();
        using (network.Items[1].OnGradient((_, gradient) => gradient.Square()))
            Should.Throw<InvalidOperationException>(() => Backward(network)).Message.ShouldContain("operations cannot run inside Backward");
        Backward(network);
    }
}
