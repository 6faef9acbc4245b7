using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests.Autograd;

public class TapeTests
{
    private static readonly Shape s_three = new(3);

    private static Tensor Leaf(params float[] values) => Tensor.From(values, new Shape(values.Length)).WithGrad();

    /// <summary>Runs inside a training scope with a tape, and gives the exception back: a scope cannot be captured.</summary>
    private static Exception? Training(Action<Tape> run, CancellationToken stop = default)
    {
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using Scope scope = arena.Begin(Mode.Training, tape, name: "step 12", stop: stop);
        return Record.Exception(() => run(tape));
    }

    [Fact]
    public void Backward_through_a_saved_tensor_that_was_changed_throws()
    {
        var layer = new Linear(3, 2);
        layer.Initialize(1);
        var optimizer = new Sgd(layer);
        Training(tape => tape.Backward(layer.Call(Leaf(1, 2, 3)).Sum())).ShouldBeNull();
        Exception? exception = Training(tape =>
        {
            Tensor loss = layer.Call(Leaf(1, 2, 3)).Sum();
            optimizer.Step(0.1);
            tape.Backward(loss);
        });
        exception.ShouldBeOfType<InvalidOperationException>().Message.ShouldContain("linear: input 1 of shape (2, 3) was changed in place");
    }

    [Fact]
    public void A_change_of_what_backward_does_not_read_is_let_pass()
    {
        Tensor x = Leaf(1, 2, 3);
        Training(tape =>
        {
            Tensor loss = x.Sum();
            x.MarkWritten();
            tape.Backward(loss);
        }).ShouldBeNull();
        x.Grad.ToArray<float>().ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Results_are_given_back_by_backward_and_say_so()
    {
        Training(tape =>
        {
            Tensor y = Leaf(1, 2, 3).Square();
            tape.Backward(y.Sum()).ShouldBe(14);
            Should.Throw<StaleTensorException>(() => y.Shape).Message.ShouldContain("backward");
        }).ShouldBeNull();
    }

    [Fact]
    public void A_result_used_after_its_scope_names_the_scope()
    {
        Tensor result = default;
        Training(_ => result = Leaf(1, 2, 3).Square()).ShouldBeNull();
        Should.Throw<StaleTensorException>(() => result.ToArray<float>()).Message.ShouldContain("step 12");
    }

    [Fact]
    public void Gradients_add_up_over_uses_and_runs_until_they_are_forgotten()
    {
        Tensor x = Leaf(1, 2, 3);
        Training(tape => tape.Backward((x * x + x).Sum())).ShouldBeNull();
        x.Grad.ToArray<float>().ShouldBe([3, 5, 7]);
        Training(tape => tape.Backward(x.Sum(), scale: 0.5)).ShouldBeNull();
        x.Grad.ToArray<float>().ShouldBe([3.5f, 5.5f, 7.5f]);
        x.ZeroGrad();
        x.Grad.IsNone.ShouldBeTrue();
        Training(tape => tape.Backward(x.Sum())).ShouldBeNull();
        x.Grad.ToArray<float>().ShouldBe([1, 1, 1]);
    }

    [Fact]
    public void Views_share_their_storage_and_send_gradients_back()
    {
        Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(2, 3)).WithGrad();
        Training(tape =>
        {
            Tensor row = x.Select(0, 1);
            x.AsSpan<float>()[4] = 50;
            row.ToArray<float>().ShouldBe([4, 50, 6]);
            tape.Backward((row * x.Transpose().Select(1, 0)).Sum());
        }).ShouldBeNull();
        x.Grad.ToArray<float>().ShouldBe([4, 50, 6, 1, 2, 3]);
    }

    [Fact]
    public void What_backward_cannot_start_from_is_refused()
    {
        Tensor x = Leaf(1, 2, 3);
        Training(tape => tape.Backward(x * 2)).ShouldBeOfType<ShapeException>().Message.ShouldContain("(3)");
        Training(tape => tape.Backward(Tensor.From<float>([1], new Shape(1)).Square())).ShouldBeOfType<InvalidOperationException>();
        Should.Throw<InvalidOperationException>(() => new Tape().Backward(x.Sum())).Message.ShouldContain("inside the scope");
    }

    [Fact]
    public void An_operation_without_gradient_says_so()
    {
        Training(tape => tape.Backward(Dispatch.Run(new Step(), default, Leaf(1)).Sum()))
            .ShouldBeOfType<NoGradientException>().Message.ShouldContain("unit_step has no gradient");
        // The tape is usable again, and forward alone never asked.
        Training(_ => Dispatch.Run(new Step(), default, Leaf(1)).ToArray<float>().ShouldBe([1])).ShouldBeNull();
    }

    [Fact]
    public void Cancellation_is_asked_between_operations()
    {
        using var stop = new CancellationTokenSource();
        Training(_ =>
        {
            Tensor y = Leaf(1).Square();
            stop.Cancel();
            y.Square();
        }, stop.Token).ShouldBeOfType<OperationCanceledException>();
    }

    [Fact]
    public void The_first_result_that_is_not_finite_is_named_with_its_module()
    {
        var network = new Sequential(new Linear(3, 3), new Activation(ActivationFunction.Relu), new Linear(3, 1));
        foreach (Parameter parameter in network.Parameters())
            parameter.Value.AsSpan<float>().Fill(1);
        Training(tape =>
        {
            network.Call(Leaf(1, 2, 3));
            tape.FindNonFinite().ShouldBeNull();
        }).ShouldBeNull();
        network.Items[2].Parameters().First().Value.AsSpan<float>()[1] = float.PositiveInfinity;
        Training(tape =>
        {
            network.Call(Leaf(1, 2, 3)).Square();
            tape.FindNonFinite().ShouldBe(("2", "linear"));
        }).ShouldBeNull();
    }

    [Fact]
    public void A_call_that_threw_leaves_no_module_behind()
    {
        var network = new Sequential(new Linear(3, 3), new Linear(4, 1));
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
            Record.Exception(() => network.Call(Leaf(1, 2, 3))).ShouldBeOfType<ShapeException>();
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Leaf(1).Square();
            tape.ToGraph().Nodes.Single().Module.ShouldBe("");
        }
    }

    [Fact]
    public void The_graph_names_parameters_operations_and_modules()
    {
        var network = new Sequential(new Linear(3, 2), new Activation(ActivationFunction.Tanh));
        Training(tape =>
        {
            network.Call(Leaf(1, 2, 3));
            Graph graph = tape.ToGraph(network);
            graph.Nodes.Select(n => (n.Op.Name, n.Module)).ShouldBe([("linear", "0"), ("tanh", "1")]);
            graph.Nodes[0].Inputs.Select(i => graph.Values[i].Name).ShouldBe([null, "0.weight", "0.bias"]);
            graph.Inputs.Single().Shape.ShouldBe(s_three);
            graph.Results.Single().Shape.ShouldBe(new Shape(2));
        }).ShouldBeNull();
    }

    private sealed class Step : Op
    {
        public override string Name => "unit_step";

        public override bool HasGradient => false;

        public override void Infer(ref OpShapes s) => s.Output(s.Inputs[0].DType, s.Inputs[0].Shape);

        public override unsafe void Forward(in OpArgs a)
        {
            for (long i = 0; i < a.Inputs[0].Count; i++)
                a.Outputs[0].F32[i] = a.Inputs[0].F32[i] > 0 ? 1 : 0;
        }
    }
}
