using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Optimizers;

public class OptimizerTests
{
    public static TheoryData<string> Names() => [.. OptimizerGolden.All.Select(g => g.Name)];

    private static OptimizerGolden Find(string name) => OptimizerGolden.All.Single(g => g.Name == name);

    [Theory]
    [MemberData(nameof(Names))]
    public void Twenty_steps_are_those_of_PyTorch(string name)
    {
        OptimizerGolden golden = Find(name);
        Compare(Train(golden, DType.F64), golden.Rows, 1e-12);
        Compare(Train(golden, DType.F32, losses: golden.Losses), golden.Rows, GoldenValues.SingleError);
    }

    private static void Compare(double[][] actual, double[][] expected, double error)
    {
        actual.Length.ShouldBe(expected.Length);
        for (int row = 0; row < expected.Length; row++)
            GoldenValues.Check(actual[row], expected[row], error, $"row {row}");
    }

    /// <summary>Stops after some steps, writes the state down, and goes on with a new module and optimizer.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_resumed_run_has_the_bits_of_an_undisturbed_one(string name)
    {
        OptimizerGolden golden = Find(name);
        double[][] expected = Train(golden, DType.F32);
        foreach (int stop in (ReadOnlySpan<int>)[1, 2, 3, 11])
        {
            double[][] resumed = Train(golden, DType.F32, stop);
            for (int row = 0; row < expected.Length; row++)
                resumed[row].ShouldBe(expected[row], $"stopped after {stop}");
        }
    }

    [Fact]
    public void States_have_the_names_of_PyTorch()
    {
        var module = new Pair(DType.F32);
        Names(new Sgd(module)).ShouldBe(["first.step", "second.step"]);
        Names(new Sgd(module, momentum: 0.9)).ShouldContain("second.momentum_buffer");
        Names(new AdamW(module, amsgrad: true)).ShouldBe([
            "first.step", "first.exp_avg", "first.exp_avg_sq", "first.max_exp_avg_sq",
            "second.step", "second.exp_avg", "second.exp_avg_sq", "second.max_exp_avg_sq"]);
        Names(new RmsProp(module, centered: true)).ShouldContain("first.grad_avg");
        Names(new Adagrad(module)).ShouldContain("first.sum");
        Names(new Adadelta(module)).ShouldContain("second.acc_delta");
        Names(new Adamax(module)).ShouldContain("first.exp_inf");
        Names(new NAdam(module)).ShouldBe([
            "first.step", "first.mu_product", "first.exp_avg", "first.exp_avg_sq", "second.step", "second.mu_product", "second.exp_avg", "second.exp_avg_sq"]);
        Names(new Lion(module)).ShouldBe(["first.step", "first.exp_avg", "second.step", "second.exp_avg"]);
        new Adam(module).StateBytes.ShouldBe(2 * (2 * 7 * 4 + 8));
        static string[] Names(Optimizer optimizer) => [.. optimizer.State().Select(s => s.Name)];
    }

    [Fact]
    public void Defaults_are_those_of_PyTorch()
    {
        var module = new Pair(DType.F32);
        var adam = new Adam(module);
        (adam.Beta1, adam.Beta2, adam.Eps, adam.WeightDecay).ShouldBe((0.9, 0.999, 1e-8, 0));
        new AdamW(module).WeightDecay.ShouldBe(0.01);
        var sgd = new Sgd(module);
        (sgd.Momentum, sgd.Dampening, sgd.WeightDecay, sgd.Nesterov).ShouldBe((0, 0, 0, false));
        var rms = new RmsProp(module);
        (rms.Alpha, rms.Eps, rms.WeightDecay, rms.Momentum, rms.Centered).ShouldBe((0.99, 1e-8, 0, 0, false));
    }

    [Fact]
    public void What_cannot_work_is_refused()
    {
        var module = new Pair(DType.F32);
        Should.Throw<ArgumentException>(() => new Sgd(module, nesterov: true)).Message.ShouldContain("Nesterov");
        Should.Throw<ArgumentOutOfRangeException>(() => new Adam(module, beta1: 1)).ParamName.ShouldBe("beta1");
        Should.Throw<ArgumentOutOfRangeException>(() => new AdamW(module, weightDecay: -1)).ParamName.ShouldBe("weightDecay");
        Should.Throw<ArgumentOutOfRangeException>(() => new RmsProp(module, eps: double.NaN)).ParamName.ShouldBe("eps");
        var optimizer = new Sgd(module);
        Should.Throw<ArgumentOutOfRangeException>(() => optimizer.Step(double.NaN));
        Should.Throw<ArgumentOutOfRangeException>(() => optimizer.ClipGradientNorm(0));
        optimizer.Steps.ShouldBe(0);
        Should.Throw<ArgumentException>(() => new Sgd(module, groups: [new ParameterGroup { Names = ["third*"] }])).Message.ShouldContain("third* has no trained parameter");
        Should.Throw<ArgumentException>(() => new Sgd(module, groups: [new ParameterGroup(), new ParameterGroup { Names = ["first"] }])).Message.ShouldContain("a group before it");
        Should.Throw<ArgumentOutOfRangeException>(() => new Sgd(module, groups: [new ParameterGroup { WeightDecay = -1 }]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Adagrad(module, lrDecay: -1)).ParamName.ShouldBe("lrDecay");
        Should.Throw<ArgumentOutOfRangeException>(() => new Adadelta(module, rho: 1)).ParamName.ShouldBe("rho");
        module.First.RequiresGrad = module.Second.RequiresGrad = false;
        Should.Throw<ArgumentException>(() => new Sgd(module)).Message.ShouldContain("frozen");
    }

    [Fact]
    public void A_frozen_parameter_stays_and_a_step_counts_as_a_write()
    {
        var module = new Pair(DType.F32);
        Optimizer optimizer = new Sgd(module);
        Backward(module, both: true);
        double norm = optimizer.GradientNorm();
        module.Second.RequiresGrad = false;
        optimizer.GradientNorm().ShouldBe(norm / Math.Sqrt(2), 1e-6);
        float[] first = module.First.Value.ToArray<float>(), second = module.Second.Value.ToArray<float>();
        optimizer.Step(0.1);
        module.First.Value.ToArray<float>().ShouldNotBe(first);
        module.Second.Value.ToArray<float>().ShouldBe(second);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_steady_step_allocates_nothing(string name)
    {
        OptimizerGolden golden = Find(name);
        var module = new Pair(DType.F32, 5000);
        Optimizer optimizer = golden.Make(module);
        Backward(module, both: true);
        for (int i = 0; i < 3; i++)
            Step();
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 10; i++)
                Step();
        }).ShouldBe(0);

        void Step()
        {
            optimizer.ClipGradientNorm(1, Workers.Serial);
            optimizer.ClipGradientValues(0.1, Workers.Serial);
            optimizer.Step(0.01, Workers.Serial);
        }
    }

    [Fact]
    public void The_norm_is_that_of_all_gradients_and_clipping_scales_them_to_the_limit()
    {
        var module = new Pair(DType.F32, 10_007);
        Optimizer optimizer = new Sgd(module);
        Backward(module, both: true);
        double expected = Math.Sqrt(module.Parameters().SelectMany(p => p.Grad.ToArray<float>()).Sum(g => (double)g * g));
        optimizer.ClipGradientNorm(2 * expected).ShouldBe(expected, 1e-6 * expected);
        optimizer.GradientNorm().ShouldBe(expected, 1e-6 * expected);
        optimizer.ClipGradientNorm(1);
        optimizer.GradientNorm().ShouldBe(1, 1e-6);
    }

    [Fact]
    public void A_norm_does_not_overflow_where_its_squares_would()
    {
        var module = new Pair(DType.F32);
        Optimizer optimizer = new Sgd(module);
        Backward(module, both: true);
        module.First.Grad.AsSpan<float>()[3] = 2e20f;
        optimizer.ClipGradientNorm(1).ShouldBe(2e20, 1e14);
        module.First.Grad.AsSpan<float>()[3].ShouldBe(1, 1e-6);
    }

    [Fact]
    public void Groups_are_by_names_and_by_rank()
    {
        var network = new Sequential(new Linear(3, 4), new LayerNorm(4), new Linear(4, 2));
        var optimizer = new AdamW(network, groups: [new ParameterGroup { Names = ["0.*"], LearningRateFactor = 0 }, new ParameterGroup { MaxRank = 1, WeightDecay = 0 }], weightDecay: 0.5);
        network.Initialize(1);
        float[][] before = [.. network.Parameters().Select(p => p.Value.ToArray<float>())];
        foreach (Parameter parameter in network.Parameters())
            parameter.Value.TakeGrad().Bytes.Clear();
        optimizer.Step(0.1);
        float[][] after = [.. network.Parameters().Select(p => p.Value.ToArray<float>())];
        for (int i = 0; i < before.Length; i++)
        {
            // Without gradients only decay moves: that of the last weight, the one of rank two outside the frozen-like group.
            if (i == 4)
                after[i].ShouldBe([.. before[i].Select(v => v * (1 - 0.1f * 0.5f))], 1e-6);
            else
                after[i].ShouldBe(before[i]);
        }
    }

    [Fact]
    public void A_norm_that_is_not_finite_is_returned_and_the_gradients_stay()
    {
        var module = new Pair(DType.F32);
        Optimizer optimizer = new Sgd(module);
        Backward(module, both: true);
        module.First.Grad.AsSpan<float>()[3] = float.NaN;
        float[] before = module.Second.Grad.ToArray<float>();
        optimizer.ClipGradientNorm(1e-3).ShouldBe(double.NaN);
        module.Second.Grad.ToArray<float>().ShouldBe(before);
    }

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        float[]? expected = null;
        double norm = 0;
        foreach (int threads in (ReadOnlySpan<int>)[1, 2, 3, 7])
        {
            Workers workers = Workers.Start(threads);
            var module = new Pair(DType.F32, 70_001);
            Optimizer optimizer = new AdamW(module);
            Backward(module, both: true);
            double clipped = optimizer.ClipGradientNorm(1, workers);
            optimizer.Step(0.1, workers);
            float[] values = module.Second.Value.ToArray<float>();
            workers.Stop();
            (expected, norm) = (expected ?? values, norm == 0 ? clipped : norm);
            values.ShouldBe(expected);
            clipped.ShouldBe(norm);
        }
    }

    private static double[][] Train(OptimizerGolden golden, DType type, int stop = -1, double[]? losses = null)
    {
        var module = new Pair(type);
        Optimizer optimizer = golden.Make(module);
        var rows = new List<double[]>();
        for (int step = 0; step < 20; step++)
        {
            if (step == stop)
                (module, optimizer) = Resume(golden, module, optimizer);
            double loss = Backward(module, both: step >= 2);
            if (losses is not null)
                loss.ShouldBe(losses[step], GoldenValues.SingleLossError * losses[step], $"the loss of step {step}");
            if (golden.MaxNorm > 0)
                optimizer.ClipGradientNorm(golden.MaxNorm);
            if (golden.MaxValue > 0)
                optimizer.ClipGradientValues(golden.MaxValue);
            optimizer.Step(golden.Lr * (1 - step / 40.0));
            if (step is 0 or 2 or 19)
                rows.AddRange([Autograd.SampleTensors.Values(module.First), Autograd.SampleTensors.Values(module.Second)]);
        }
        optimizer.Steps.ShouldBe(20);
        return [.. rows];
    }

    private static (Pair, Optimizer) Resume(OptimizerGolden golden, Pair module, Optimizer optimizer)
    {
        var next = new Pair(module.DType);
        Optimizer resumed = golden.Make(next);
        resumed.Steps = optimizer.Steps;
        foreach ((Parameter from, Parameter to) in module.Parameters().Zip(next.Parameters()))
            from.Value.Bytes.CopyTo(to.Value.Bytes);
        foreach (((string _, Tensor from), (string _, Tensor to)) in optimizer.State().Zip(resumed.State()))
            from.Bytes.CopyTo(to.Bytes);
        return (next, resumed);
    }

    private static double Backward(Pair module, bool both)
    {
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        module.ZeroGrad();
        using Scope scope = arena.Begin(Mode.Training, tape);
        Tensor loss = module.Loss(module.First);
        return tape.Backward(both ? loss + module.Loss(module.Second) : loss);
    }

    /// <summary>Two vectors, each with the loss Σ c (p - t)² of golden.py.</summary>
    private sealed class Pair : Module
    {
        private readonly Tensor _factors;
        private readonly Tensor _targets;

        public Pair(DType type, int count = 7) : base(type)
        {
            (First, Second) = (AddParameter("first", new Shape(count), new ConstantInitializer()), AddParameter("second", new Shape(count), new ConstantInitializer()));
            Fill(First, i => Math.Sin(i + 1));
            Fill(Second, i => Math.Sin(i + 1));
            (_factors, _targets) = (Tensor.Empty(type, new Shape(count)), Tensor.Empty(type, new Shape(count)));
            Fill(_factors, i => (1 + i % 7) / 4.0);
            Fill(_targets, i => Math.Cos(2 * i));
        }

        public Parameter First { get; }

        public Parameter Second { get; }

        public Tensor Loss(Tensor p) => ((p - _targets).Square() * _factors).Sum();

        protected override Tensor Forward(Tensor x) => x;

        private static void Fill(Tensor tensor, Func<int, double> value)
        {
            for (int i = 0; i < tensor.Count; i++)
            {
                if (tensor.DType == DType.F32)
                    tensor.AsSpan<float>()[i] = (float)value(i);
                else
                    tensor.AsSpan<double>()[i] = value(i);
            }
        }
    }
}
