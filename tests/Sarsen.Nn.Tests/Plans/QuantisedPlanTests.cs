using System.Runtime.InteropServices;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using InputRange = Sarsen.Tensors.Kernels.InputRange;

namespace Sarsen.Nn.Tests.Plans;

public class QuantisedPlanTests
{
    /// <summary>A residual block with batch norm, then a classifier: what a ResNet is made of.</summary>
    private sealed class Block : Module
    {
        private readonly Conv2d _stem, _first, _second;
        private readonly BatchNorm2d _firstNorm, _secondNorm;
        private readonly Linear _classes;

        public Block()
        {
            var window = new Window2d(3, 3).WithPadding(1);
            _stem = AddChild("stem", new Conv2d(3, 16, window));
            _first = AddChild("first", new Conv2d(16, 16, window, bias: false));
            _firstNorm = AddChild("first_norm", new BatchNorm2d(16));
            _second = AddChild("second", new Conv2d(16, 16, window, bias: false));
            _secondNorm = AddChild("second_norm", new BatchNorm2d(16));
            _classes = AddChild("classes", new Linear(16 * 36, 10));
            Initialize(4);
            int i = 0;
            foreach (BatchNorm norm in new BatchNorm[] { _firstNorm, _secondNorm })
            {
                foreach (Tensor vector in new[] { norm.Weight!.Value, norm.Bias!.Value, norm.RunningMean, norm.RunningVar })
                {
                    foreach (ref float v in vector.AsSpan<float>())
                        v = 0.5f + i++ * 7 % 13 / 13f;
                }
            }
            // A scale may turn a channel round.
            _firstNorm.Weight!.Value.AsSpan<float>()[3] *= -1;
        }

        protected override Tensor Forward(Tensor x)
        {
            Tensor h = _stem.Call(x).Relu(); // (N, 16, 6, 6)
            Tensor y = _secondNorm.Call(_second.Call(_firstNorm.Call(_first.Call(h)).Relu()));
            return _classes.Call((y + h).Relu().Flatten(1));
        }
    }

    private static readonly Shape s_input = new(5, 3, 6, 6);

    private static float[] Input(int seed = 1)
    {
        var rng = new Rng((ulong)seed, "quantised");
        return [.. Enumerable.Range(0, (int)s_input.Count).Select(i => (float)rng.Normal(i))];
    }

    private static float[] Run(PlanRunner runner, ReadOnlySpan<float> x, in Shape shape)
    {
        x.CopyTo(MemoryMarshal.Cast<byte, float>(runner.Prepare(shape)));
        runner.Run();
        return runner.Output<float>().ToArray();
    }

    private static Dictionary<string, QuantisedWeight> Quantise(Module module, IReadOnlyDictionary<string, InputRange>? ranges = null)
    {
        PlanLayout layout = new Plan(module.Call, module, DType.F32).LayoutFor(s_input, Workers.Serial);
        HashSet<string> paths = [.. layout.Steps.SelectMany(s => s.QuantisableWeights)];
        return module.State().Where(s => paths.Contains(s.Name)).ToDictionary(s => s.Name,
            s => QuantisedWeight.Of(s.Value, QuantisedWeight.ProductLimit, ranges?[s.Name]));
    }

    [Fact]
    public void Products_of_some_depth_compute_in_int8_and_results_stay_close()
    {
        var module = new Block();
        Dictionary<string, QuantisedWeight> weights = Quantise(module);
        weights.Keys.ShouldBe(["first.weight", "second.weight", "classes.weight"], ignoreOrder: true);
        using var exact = new PlanRunner(new Plan(module.Call, module, DType.F32), Workers.Shared);
        using var bytes = new PlanRunner(new Plan(module.Call, module, DType.F32, new PlanOptions { Quantised = weights }), Workers.Shared);
        float[] x = Input(), expected = Run(exact, x, s_input), actual = Run(bytes, x, s_input);
        bytes.Layout.Steps.Select(s => s.Name).ShouldBe(
            ["conv2d + activation", "int8 conv2d + activation", "int8 conv2d + add + activation", "int8 linear"]);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
        error.ShouldBeInRange(1e-5, 0.03);
    }

    [Fact]
    public void A_sample_alone_gets_the_bits_it_gets_in_a_batch_with_any_threads()
    {
        var module = new Block();
        var plan = new Plan(module.Call, module, DType.F32, new PlanOptions { Quantised = Quantise(module) });
        using PlanRunner one = new(plan, Workers.Serial), all = new(plan, Workers.Shared);
        float[] x = Input(), whole = Run(all, x, s_input);
        int size = x.Length / 5;
        for (int i = 0; i < 5; i++)
            Run(one, x.AsSpan(i * size, size), new Shape(1, 3, 6, 6)).ShouldBe(whole[(i * 10)..((i + 1) * 10)]);
    }

    [Fact]
    public void Calibrated_inputs_are_close_too_and_their_ranges_hold_what_was_seen()
    {
        var module = new Block();
        var calibration = new Calibration();
        using var exact = new PlanRunner(new Plan(module.Call, module, DType.F32, new PlanOptions { Calibration = calibration }), Workers.Serial);
        float[] x = Input(), expected = Run(exact, x, s_input);
        Run(exact, Input(2), s_input);
        calibration.Ranges.Count.ShouldBe(3);
        calibration.Ranges["second.weight"].Min.ShouldBe(0);
        calibration.Ranges["second.weight"].Max.ShouldBeGreaterThan(0);
        var options = new PlanOptions { Quantised = Quantise(module, calibration.Ranges) };
        using var bytes = new PlanRunner(new Plan(module.Call, module, DType.F32, options), Workers.Serial);
        float[] actual = Run(bytes, x, s_input);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
        error.ShouldBeInRange(1e-5, 0.03);
        AllocatedBytes.Of(() =>
        {
            bytes.Prepare(s_input).Clear();
            bytes.Run();
        }).ShouldBe(0);
    }

    [Theory]
    [InlineData("rnn")]
    [InlineData("lstm")]
    [InlineData("gru")]
    public void Recurrent_layers_compute_both_products_in_int8(string name)
    {
        Module layer = name switch
        {
            "rnn" => new Rnn(6, 40, numLayers: 2, batchFirst: true),
            "lstm" => new Lstm(6, 40, batchFirst: true),
            _ => new Gru(6, 40, bias: false, batchFirst: true),
        };
        var module = new Sequential(layer, new LastStep(), new Linear(40, 8));
        module.Initialize(3);
        var shape = new Shape(4, 7, 6);
        PlanLayout layout = new Plan(module.Call, module, DType.F32).LayoutFor(shape, Workers.Serial);
        HashSet<string> paths = [.. layout.Steps.SelectMany(s => s.QuantisableWeights)];
        paths.ShouldContain("0.weight_ih_l0");
        var weights = module.State().Where(s => paths.Contains(s.Name)).ToDictionary(s => s.Name, s => QuantisedWeight.Of(s.Value, QuantisedWeight.ProductLimit));
        using var exact = new PlanRunner(new Plan(module.Call, module, DType.F32), Workers.Shared);
        using var bytes = new PlanRunner(new Plan(module.Call, module, DType.F32, new PlanOptions { Quantised = weights }), Workers.Shared);
        float[] x = Input()[..(int)shape.Count], expected = Run(exact, x, shape), actual = Run(bytes, x, shape);
        bytes.Layout.Steps.Count(s => s.Name.StartsWith("int8", StringComparison.Ordinal)).ShouldBe(name == "rnn" ? 3 : 2);
        double error = Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
        error.ShouldBeInRange(1e-5, 0.03);
        for (int i = 0; i < 4; i++)
            Run(bytes, x.AsSpan(i * 42, 42), new Shape(1, 7, 6)).ShouldBe(actual[(i * 8)..((i + 1) * 8)]);
        AllocatedBytes.Of(() =>
        {
            bytes.Prepare(shape).Clear();
            bytes.Run();
        }).ShouldBe(0);
    }

    [Fact]
    public void A_weight_is_rounded_by_output_channel_to_within_half_a_step()
    {
        float[] values = [1, -2, 0.5f, 0, 0, 0, 63, -31.5f, 0.4f];
        Tensor weight = Tensor.From(values, new Shape(3, 3));
        QuantisedWeight bytes = QuantisedWeight.Of(weight, QuantisedWeight.ProductLimit);
        bytes.Values.ToArray<sbyte>().ShouldBe([32, -63, 16, 0, 0, 0, 63, -32, 0]);
        bytes.Scales.ToArray<float>().ShouldBe([2f / 63, 0, 1]);
        bytes.FitsProducts.ShouldBeTrue();
        QuantisedWeight.Of(weight, QuantisedWeight.StorageLimit).FitsProducts.ShouldBeFalse();
        Tensor back = Tensor.Empty(DType.F32, new Shape(3, 3));
        bytes.CopyTo(back);
        for (int i = 0; i < 9; i++)
            back.AsSpan<float>()[i].ShouldBe(values[i], 0.5001f * bytes.Scales.AsSpan<float>()[i / 3] + 1e-6f);
    }

    [Fact]
    public void Without_floats_a_plan_that_reads_none_is_the_same_and_one_that_does_is_refused()
    {
        var module = new Block();
        Dictionary<string, QuantisedWeight> weights = Quantise(module);
        using var both = new PlanRunner(new Plan(module.Call, module, DType.F32, new PlanOptions { Quantised = weights }), Workers.Serial);
        float[] x = Input(), expected = Run(both, x, s_input);
        foreach (ModuleState state in module.State().Where(s => weights.ContainsKey(s.Name)))
            state.Value.AsSpan<float>().Clear();
        using var bytes = new PlanRunner(new Plan(module.Call, module, DType.F32, new PlanOptions { Quantised = weights, HasFloats = false }), Workers.Serial);
        Run(bytes, x, s_input).ShouldBe(expected);

        Tensor weight = module.State().Single(s => s.Name == "classes.weight").Value;
        var reads = new Plan(y => module.Call(y) * weight.Sum(1), module, DType.F32, new PlanOptions { Quantised = weights, HasFloats = false });
        Should.Throw<InvalidOperationException>(() => reads.LayoutFor(s_input, Workers.Serial)).Message.ShouldContain("mul computes with the floats of 'classes.weight'");
    }

    [Fact]
    public void What_is_no_weight_of_bytes_is_refused()
    {
        Tensor scales = Tensor.From<float>([1], new Shape(1));
        Should.Throw<ArgumentException>(() => new QuantisedWeight(Tensor.From<sbyte>([-128], new Shape(1, 1)), scales)).Message.ShouldContain("-128");
        Should.Throw<ArgumentException>(() => new QuantisedWeight(Tensor.From<sbyte>([1, 2], new Shape(2, 1)), scales)).Message.ShouldContain("scales of F32 (2)");
        Should.Throw<ArgumentException>(() => new QuantisedWeight(Tensor.From<sbyte>([1], new Shape(1, 1)), Tensor.From<float>([float.NaN], new Shape(1)))).Message.ShouldContain("NaN");
        Should.Throw<ArgumentException>(() => new QuantisedWeight(Tensor.From<sbyte>([1], new Shape(1, 1)), scales, new InputRange(1, 2))).Message.ShouldContain("holds zero");
        Should.Throw<ArgumentException>(() => QuantisedWeight.Of(Tensor.From<float>([float.PositiveInfinity], new Shape(1, 1)), 63)).Message.ShouldContain("not finite");
    }
}
