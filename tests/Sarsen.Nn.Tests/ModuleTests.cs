using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Tests;

public class ModuleTests
{
    [Fact]
    public void State_is_named_by_paths_own_before_inner()
    {
        var network = new Sequential();
        network.Add(new Sequential(new Linear(2, 3), new BatchNorm1d(3)), "features");
        network.Add(new Linear(3, 1, bias: false), "head");
        network.State().Select(s => s.Name).ShouldBe([
            "features.0.weight", "features.0.bias",
            "features.1.weight", "features.1.bias", "features.1.running_mean", "features.1.running_var", "head.weight"]);
        network.State().Where(s => s.Parameter is null).Select(s => s.Name).ShouldBe(["features.1.running_mean", "features.1.running_var"]);
        network.Modules().Select(m => m.Path).ShouldBe(["", "features", "features.0", "features.1", "head"]);
    }

    [Fact]
    public void Without_a_tape_a_call_gives_back_all_but_its_result()
    {
        var spy = new Spy();
        using var arena = new Arena(Workers.Serial);
        using (Scope scope = arena.Begin(Mode.Inference))
        {
            Tensor y = spy.Call(scope.From<float>([1, 2], new Shape(2)));
            y.ToArray<float>().ShouldBe([4, 16]);
            Should.Throw<StaleTensorException>(() => spy.Inner.Shape).Message.ShouldContain("its module's call");
        }
        // The input, the inner result and the result: the second call found the place of the first.
        arena.PeakBytes.ShouldBe(3 * 64);
    }

    [Fact]
    public void A_view_of_the_input_is_a_result_like_any_other()
    {
        var flatten = new Sequential(new Flatten());
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        Tensor x = scope.From<float>([1, 2, 3, 4], new Shape(1, 2, 2));
        Tensor y = flatten.Call(x);
        x.AsSpan<float>()[0] = 9;
        y.Shape.ShouldBe(new Shape(1, 4));
        y.ToArray<float>().ShouldBe([9, 2, 3, 4]);
    }

    [Fact]
    public void Outside_any_scope_results_belong_to_the_gc()
    {
        var linear = new Linear(2, 1);
        foreach (Parameter parameter in linear.Parameters())
            parameter.Value.AsSpan<float>().Fill(1);
        Tensor y = linear.Call(Tensor.From<float>([2, 3], new Shape(1, 2)));
        using (var arena = new Arena(Workers.Serial))
        {
            using Scope scope = arena.Begin(Mode.Inference);
            linear.Call(scope.From<float>([7, 7], new Shape(1, 2)));
        }
        y.ToArray<float>().ShouldBe([6]);
    }

    [Fact]
    public void Half_precision_parameters_are_refused() =>
        Should.Throw<NotSupportedException>(() => new Linear(2, 2, type: DType.F16)).Message.ShouldContain("F16");

    [Fact]
    public void A_wrong_input_names_the_layer_and_both_shapes()
    {
        var network = new Sequential(new Linear(4, 3), new BatchNorm2d(3), new Lstm(3, 2));
        Tensor x = Tensor.Empty(DType.F32, new Shape(2, 3));
        Should.Throw<ShapeException>(() => network.Items[0].Call(x)).Message.ShouldContain("(2, 3)");
        Should.Throw<ShapeException>(() => network.Items[1].Call(x)).Message.ShouldContain("'1'");
        Should.Throw<ShapeException>(() => network.Items[2].Call(x)).Message.ShouldContain("'2'");
    }

    [Fact]
    public void The_summary_has_a_row_a_layer_and_touches_no_memory()
    {
        var network = new Sequential(
            new Conv2d(1, 32, new Window2d(3, 3)), new Activation(ActivationFunction.Relu), new MaxPool2d(2), new Flatten(), new Linear(32 * 13 * 13, 10));
        ModuleSummary summary = ModuleSummary.Of(network, new Shape(1 << 20, 1, 28, 28));
        summary.Rows.Select(r => $"{r.Path} {r.Kind} {r.Output} {r.Parameters}").ShouldBe([
            "0 Conv2d (1048576, 32, 26, 26) 320", "1 Relu (1048576, 32, 26, 26) 0", "2 MaxPool2d (1048576, 32, 13, 13) 0",
            "3 Flatten (1048576, 5408) 0", "4 Linear (1048576, 10) 54090"]);
        summary.ParameterCount.ShouldBe(54410);
        summary.Output.ShouldBe(new Shape(1 << 20, 10));
        summary.StepBytes.ShouldBeGreaterThan(1L << 37);
        summary.Graph.Nodes.Select(n => n.Op.Name).ShouldBe(["conv2d", "relu", "max_pool2d", "reshape", "linear"]);
        network.Parameters().ShouldAllBe(p => p.Grad.IsNone);
    }

    [Fact]
    public void A_summary_in_double_precision_needs_no_type() =>
        ModuleSummary.Of(new Sequential(new Flatten(), new Linear(6, 2, type: DType.F64)), new Shape(1, 2, 3)).Output.ShouldBe(new Shape(1, 2));

    [Fact]
    public void A_summary_of_layers_that_do_not_fit_throws() =>
        Should.Throw<ShapeException>(() => ModuleSummary.Of(new Sequential(new Linear(2, 3), new Linear(4, 1)), new Shape(1, 2)))
            .Message.ShouldContain("(1, 3)");

    private sealed class Spy : Module
    {
        public Tensor Inner { get; private set; }

        protected override Tensor Forward(Tensor x)
        {
            Inner = x * 2.0;
            return Inner.Square();
        }
    }
}
