using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Nn.Tests.Contracts;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Plans;

public class PlanTests
{
    public static TheoryData<string> Names => TestNetwork.Names;

    private static readonly PlanOptions s_unfolded = new() { Folding = false };

    /// <summary>A network whose running statistics are not the ones it began with.</summary>
    private static Module Trained(string name)
    {
        TestNetwork network = TestNetwork.Make(name);
        network.Train(Workers.Serial, steps: 3);
        return network.Module;
    }

    private static Shape Sample(string name) => new(TestNetwork.Make(name).Input.AsSpan()[1..]);

    private static float[] Values(in Shape shape, int seed)
    {
        var rng = new Rng((ulong)seed, "plan");
        return [.. Enumerable.Range(0, (int)shape.Count).Select(i => rng.Uniform(i) * 4f - 2)];
    }

    private static float[] Call(Module module, float[] x, in Shape shape, Workers? workers = null)
    {
        using var arena = new Arena(workers ?? Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return module.Call(scope.From<float>(x, shape)).ToArray<float>();
    }

    private static float[] Run(PlanRunner runner, float[] x, in Shape shape)
    {
        x.CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(runner.Prepare(shape)));
        runner.Run();
        return runner.Output<float>().ToArray();
    }

    private static Plan PlanOf(Module module, PlanOptions? options = null) => new(module.Call, module, DType.F32, options);

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_folding_the_bits_are_the_modules_for_every_batch_and_any_threads(string name)
    {
        Module module = Trained(name);
        Plan plan = PlanOf(module, s_unfolded);
        foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
        {
            using var runner = new PlanRunner(plan, workers);
            foreach (int batch in (ReadOnlySpan<int>)[3, 1, 17, 2, 1, 3])
            {
                var shape = new Shape([batch, .. Sample(name).AsSpan()]);
                float[] x = Values(shape, batch);
                Run(runner, x, shape).ShouldBe(Call(module, x, shape), $"{batch} on {workers.Count} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_changes_the_last_bits_only_and_not_between_batches(string name)
    {
        Module module = Trained(name);
        using var runner = new PlanRunner(PlanOf(module), Workers.Serial);
        var shape = new Shape([8, .. Sample(name).AsSpan()]);
        float[] x = Values(shape, 1), whole = Run(runner, x, shape), expected = Call(module, x, shape);
        float largest = expected.Max(MathF.Abs);
        for (int i = 0; i < expected.Length; i++)
            whole[i].ShouldBe(expected[i], 2e-6 * largest);
        int sample = x.Length / 8, row = whole.Length / 8;
        for (int i = 0; i < 8; i++)
            Run(runner, x[(i * sample)..((i + 1) * sample)], new Shape([1, .. Sample(name).AsSpan()])).ShouldBe(whole[(i * row)..((i + 1) * row)]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_steady_run_allocates_nothing(string name)
    {
        using var runner = new PlanRunner(PlanOf(Trained(name)), Workers.Serial);
        Shape[] shapes = [new([1, .. Sample(name).AsSpan()]), new([5, .. Sample(name).AsSpan()])];
        foreach (Shape shape in shapes)
            Run(runner, Values(shape, 1), shape);
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                runner.Prepare(shapes[i % 2]).Clear();
                runner.Run();
                _ = runner.Output<float>()[0];
            }
        }).ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_is_less_than_that_of_all_values(string name)
    {
        PlanLayout layout = PlanOf(Trained(name)).LayoutFor(new Shape([4, .. Sample(name).AsSpan()]), Workers.Serial);
        layout.Bytes.ShouldBeLessThan(layout.ValueBytes);
    }

    [Fact]
    public void Runners_on_several_threads_share_a_plan()
    {
        Module module = Trained("cnn");
        Plan plan = PlanOf(module, s_unfolded);
        Shape sample = Sample("cnn");
        string[] failures = new string[4];
        Thread[] threads = [.. Enumerable.Range(0, failures.Length).Select(t => new Thread(() =>
        {
            using var runner = new PlanRunner(plan, Workers.Shared);
            for (int i = 0; i < 12; i++)
            {
                var shape = new Shape([1 + (i * 3 + t) % 5, .. sample.AsSpan()]);
                float[] x = Values(shape, i);
                if (!Run(runner, x, shape).AsSpan().SequenceEqual(Call(module, x, shape)))
                    failures[t] = $"run {i}";
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        failures.ShouldAllBe(f => f == null);
    }

    [Fact]
    public void Batch_norm_and_activation_go_into_the_product_and_dropout_and_reshapes_are_gone()
    {
        Plan plan = PlanOf(Trained("cnn"));
        plan.LayoutFor(new Shape([2, .. Sample("cnn").AsSpan()]), Workers.Serial).Steps.Select(s => s.Name)
            .ShouldBe(["conv2d + activation", "avg_pool2d", "conv2d + activation", "max_pool2d", "linear"]);
        plan = PlanOf(Trained("cnn"), s_unfolded);
        plan.LayoutFor(new Shape([2, .. Sample("cnn").AsSpan()]), Workers.Serial).Steps.Select(s => s.Name)
            .ShouldBe(["conv2d", "batch_norm", "silu", "avg_pool2d", "conv2d + activation", "max_pool2d", "linear"]);
    }

    private sealed class Residual : Module
    {
        private readonly Conv2d _first, _second, _shortcut;
        private readonly BatchNorm2d _norm;

        public Residual()
        {
            _first = AddChild("first", new Conv2d(3, 5, new Window2d(3, 3).WithPadding(1)));
            _second = AddChild("second", new Conv2d(5, 5, new Window2d(3, 3).WithPadding(1), bias: false));
            _norm = AddChild("norm", new BatchNorm2d(5));
            _shortcut = AddChild("shortcut", new Conv2d(3, 5, new Window2d(1, 1)));
            Initialize(3);
        }

        public bool ShortcutFirst { get; init; }

        protected override Tensor Forward(Tensor x)
        {
            Tensor around = ShortcutFirst ? _shortcut.Call(x) : default;
            Tensor y = _norm.Call(_second.Call(_first.Call(x).Relu()));
            return (y + (ShortcutFirst ? around : _shortcut.Call(x))).Relu();
        }
    }

    [Fact]
    public void Batch_norm_and_activation_reach_a_product_through_another_shape_of_it()
    {
        var conv = new Conv2d(3, 4, new Window2d(1, 3));
        var norm = new BatchNorm1d(4);
        var module = new Sequential(conv, norm);
        module.Initialize(2);
        norm.RunningVar.AsSpan<float>().Fill(2.5f);
        Tensor Forward(Tensor x) => norm.Call(conv.Call(x.Unsqueeze(2)).Squeeze(2)).Relu(); // (N, 3, L) -> (N, 4, L - 2)
        var shape = new Shape(2, 3, 9);
        float[] x = Values(shape, 3);
        using var runner = new PlanRunner(new Plan(Forward, module, DType.F32), Workers.Serial);
        float[] y = Run(runner, x, shape);
        runner.Layout.Steps.Single().Name.ShouldBe("conv2d + activation");
        runner.OutputShape.ShouldBe(new Shape(2, 4, 7));
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        float[] expected = Forward(scope.From<float>(x, shape)).ToArray<float>();
        for (int i = 0; i < y.Length; i++)
            y[i].ShouldBe(expected[i], 1e-5);
    }

    [Fact]
    public void Batch_norm_of_other_channels_than_the_products_stays()
    {
        var conv = new Conv2d(2, 3, new Window2d(1, 1));
        var norm = new BatchNorm1d(12);
        var module = new Sequential(conv, norm);
        module.Initialize(2);
        using var runner = new PlanRunner(new Plan(x => norm.Call(conv.Call(x).Flatten(1)), module, DType.F32), Workers.Serial);
        Run(runner, Values(new Shape(2, 2, 2, 2), 1), new Shape(2, 2, 2, 2));
        runner.Layout.Steps.Select(s => s.Name).ShouldBe(["conv2d", "batch_norm"]);
    }

    [Fact]
    public void A_tensor_that_no_operation_computes_is_refused()
    {
        Tensor Forward(Tensor x)
        {
            Tensor made = ScopeFrame.Current!.Arena.New(DType.F32, x.Shape);
            return x + made;
        }
        Should.Throw<NotSupportedException>(() => new Plan(Forward, null, DType.F32).LayoutFor(new Shape(2, 3), Workers.Serial))
            .Message.ShouldContain("a tensor (2, 3) that the network makes by itself");
    }

    /// <summary>Values that are in use at the same step lie apart, but for a result that takes the place of its input.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Live_values_never_overlap(string name)
    {
        PlanLayout layout = PlanOf(Trained(name), s_unfolded).LayoutFor(new Shape([3, .. Sample(name).AsSpan()]), Workers.Shared);
        var last = new Dictionary<PlanValue, int> { [layout.Input] = 0 };
        for (int i = 0; i < layout.Steps.Count; i++)
        {
            foreach (PlanValue value in layout.Steps[i].Outputs)
                last[value.Storage] = i;
            foreach (PlanValue value in layout.Steps[i].Inputs.Where(v => v.Storage.Constant is null))
                last[value.Storage] = i;
        }
        last[layout.Output.Storage] = layout.Steps.Count;
        var live = new HashSet<PlanValue> { layout.Input };
        for (int i = 0; i < layout.Steps.Count; i++)
        {
            PlanStep step = layout.Steps[i];
            // An input that dies here may hold the result.
            PlanValue[] others = [.. live.Where(v => last[v] > i || !step.MayOverwrite(0))];
            live.UnionWith(step.Outputs.Select(o => o.Storage));
            foreach (PlanValue output in step.Outputs)
            {
                foreach (PlanValue other in others.Concat(step.Outputs).Where(v => v.Storage != output.Storage))
                    Apart(output, other).ShouldBeTrue($"{step.Name} at {i}");
            }
            live.RemoveWhere(v => last[v] <= i);
        }

        bool Apart(PlanValue a, PlanValue b) =>
            layout.OffsetOf(a) + a.Storage.Bytes <= layout.OffsetOf(b) || layout.OffsetOf(b) + b.Storage.Bytes <= layout.OffsetOf(a);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_shortcut_is_added_by_the_later_product(bool shortcutFirst)
    {
        var module = new Residual { ShortcutFirst = shortcutFirst };
        var shape = new Shape(3, 3, 6, 7);
        float[] x = Values(shape, 4), expected = Call(module, x, shape);
        using (var exact = new PlanRunner(PlanOf(module, s_unfolded), Workers.Shared))
            Run(exact, x, shape).ShouldBe(expected);
        using var runner = new PlanRunner(PlanOf(module), Workers.Shared);
        float[] folded = Run(runner, x, shape);
        for (int i = 0; i < expected.Length; i++)
            folded[i].ShouldBe(expected[i], 1e-5);
        runner.Layout.Steps.Count.ShouldBe(3);
        runner.Layout.Steps[^1].Name.ShouldBe("conv2d + add + activation");
    }

    [Fact]
    public void A_linear_layer_adds_and_activates_with_the_modules_bits()
    {
        var first = new Linear(9, 33);
        var second = new Linear(33, 33);
        var module = new Sequential(first, second);
        module.Initialize(8);
        Tensor Forward(Tensor x)
        {
            Tensor h = first.Call(x).Tanh();
            return (h + second.Call(h)).Gelu();
        }
        using var runner = new PlanRunner(new Plan(Forward, module, DType.F32), Workers.Serial);
        var shape = new Shape(20, 9);
        float[] x = Values(shape, 2);
        float[] y = Run(runner, x, shape);
        runner.Layout.Steps.Select(s => s.Name).ShouldBe(["linear + activation", "linear + add + activation"]);
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        y.ShouldBe(Forward(scope.From<float>(x, shape)).ToArray<float>());
    }

    /// <summary>Each sample of each operation, its first input given and the others constant, against the operation itself.</summary>
    [Theory]
    [MemberData(nameof(CatalogueTests.Samples), MemberType = typeof(CatalogueTests))]
    public void Every_operation_gives_in_a_plan_what_it_gives_alone(string opName, string sampleName)
    {
        Op op = OpCatalogue.All.Single(o => o.Name == opName);
        OpSample sample = op.Samples.Single(s => s.Name == sampleName);
        if (op is DropoutOp || sample.Inputs.Count == 0)
            return;
        Tensor[] inputs = SampleTensors.Make(sample, SampleTensors.Draw(sample), DType.F32);
        Tensor Forward(Tensor x)
        {
            TensorList results = default;
            Dispatch.Run(op, sample.Attributes, [x, .. inputs[1..]], results);
            return results[0];
        }
        using var runner = new PlanRunner(new Plan(Forward, null, inputs[0].DType, s_unfolded), Workers.Shared);
        inputs[0].Contiguous().Bytes.CopyTo(runner.Prepare(inputs[0].Shape));
        runner.Run();
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        Tensor expected = Forward(inputs[0]);
        if (expected.DType == DType.I64)
            runner.Output<long>().ToArray().ShouldBe(expected.ToArray<long>());
        else
            runner.Output<float>().ToArray().ShouldBe(expected.ToArray<float>());
    }

    [Fact]
    public void An_id_outside_the_table_is_refused_and_the_runner_goes_on()
    {
        var module = new Embedding(5, 3);
        module.Initialize(1);
        using var runner = new PlanRunner(new Plan(module.Call, module, DType.I64), Workers.Serial);
        runner.Prepare(new Shape(1, 2)).Fill(0xFF);
        Should.Throw<ArgumentOutOfRangeException>(() => runner.Run()).Message.ShouldContain("ids must be in 0 … 4");
        runner.Prepare(new Shape(1, 2)).Clear();
        runner.Run();
        runner.Output<float>()[..3].ToArray().ShouldBe(module.Parameters().Single().Value.ToArray<float>()[..3]);
    }

    [Fact]
    public void What_is_computed_of_constants_alone_is_a_constant()
    {
        var linear = new Linear(4, 4);
        linear.Initialize(1);
        Tensor scale = Tensor.From<float>([1, 2, 3, 4], new Shape(4));
        Tensor Forward(Tensor x) => x.Linear(linear.Weight.Value.Transpose() * scale.Exp());
        var plan = new Plan(Forward, linear, DType.F32, s_unfolded);
        using var runner = new PlanRunner(plan, Workers.Serial);
        var shape = new Shape(2, 4);
        float[] x = Values(shape, 1), y = Run(runner, x, shape);
        runner.Layout.Steps.Select(s => s.Name).ShouldBe(["linear"]);
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        y.ShouldBe(Forward(scope.From<float>(x, shape)).ToArray<float>());
    }

    [Fact]
    public void An_input_that_is_the_result_comes_back()
    {
        using var runner = new PlanRunner(new Plan(x => x.Transpose(), null, DType.F32), Workers.Serial);
        Run(runner, [1, 2, 3, 4, 5, 6], new Shape(2, 3)).ShouldBe([1, 4, 2, 5, 3, 6]);
        using var same = new PlanRunner(new Plan(x => x, null, DType.F32), Workers.Serial);
        Run(same, [1, 2], new Shape(2)).ShouldBe([1, 2]);
    }

    [Fact]
    public void A_stop_and_a_budget_are_kept()
    {
        var module = Trained("mlp");
        using var runner = new PlanRunner(PlanOf(module), Workers.Serial);
        runner.Prepare(new Shape(1, 7)).Clear();
        Should.Throw<OperationCanceledException>(() => runner.Run(new CancellationToken(canceled: true)));
        var budget = new Tensors.Memory.MemoryBudget("a test", 100);
        using var poor = new PlanRunner(PlanOf(module), Workers.Serial, budget);
        Should.Throw<Tensors.Memory.MemoryBudgetException>(() => poor.Prepare(new Shape(64, 7)));
    }

    [Fact]
    public void Layouts_beyond_the_bound_are_made_again()
    {
        Module module = Trained("mlp");
        var plan = PlanOf(module, s_unfolded with { MaxLayouts = 2 });
        PlanLayout first = plan.LayoutFor(new Shape(1, 7), Workers.Serial);
        plan.LayoutFor(new Shape(1, 7), Workers.Serial).ShouldBeSameAs(first);
        plan.LayoutFor(new Shape(2, 7), Workers.Serial);
        plan.LayoutFor(new Shape(3, 7), Workers.Serial);
        plan.LayoutFor(new Shape(1, 7), Workers.Serial).ShouldNotBeSameAs(first);
    }
}
