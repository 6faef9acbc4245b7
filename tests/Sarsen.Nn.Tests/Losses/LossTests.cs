using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Losses;

public class LossTests
{
    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, LossGolden.All.Length)];

    /// <summary>Value and gradient, the gradient of each single loss i being 1 + sin(i) / 2.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(int index)
    {
        LossGolden golden = LossGolden.All[index];
        Compare(golden, DType.F64, 1e-12);
        Compare(golden, DType.F32, GoldenValues.SingleError);
    }

    private static void Compare(LossGolden golden, DType type, double error)
    {
        Loss loss = golden.Make(golden.Reduction, type);
        loss.Reduction.ShouldBe(golden.Reduction);
        Tensor output = Make(golden.Output, type).WithGrad();
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Tensor value = loss.Call(output, golden.Classes.Length > 0 ? Tensor.From(golden.Classes, new Shape(6)) : Make(golden.Target, type));
            Check(SampleTensors.Values(value), golden.Value);
            double[] scale = [.. Enumerable.Range(0, (int)value.Count).Select(i => 1 + Math.Sin(i) / 2)];
            tape.Backward((value * SampleTensors.Make(new SampleInput(value.Shape, Grad: false), scale, type)).Sum());
        }
        Check(SampleTensors.Values(output.Grad), golden.Grad);

        void Check(double[] actual, double[] expected) => GoldenValues.Check(actual, expected, error, $"{loss.Name} {golden.Reduction} {type}");
    }

    [Fact]
    public void Names_are_those_of_specs() =>
        LossGolden.All.Select(g => g.Make(LossReduction.Mean, DType.F32).Name).Distinct()
            .ShouldBe(["mse", "half_mse", "l1", "huber", "cross_entropy", "bce_with_logits", "nll", "binary_focal", "focal", "kl_div", "poisson_nll"]);

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Tensor output = Tensor.Empty(DType.F32, new Shape(6, 4));
        Should.Throw<ShapeException>(() => new MseLoss().Call(output, Tensor.Empty(DType.F32, new Shape(6)))).Message.ShouldContain("(6, 4)");
        Should.Throw<ShapeException>(() => new BceWithLogitsLoss([1, 2, 3]).Call(output, output)).Message.ShouldContain("(…, 3)");
        Should.Throw<ShapeException>(() => new CrossEntropyLoss([1, 2]).Call(output, Tensor.Empty(DType.I64, new Shape(6)))).Message.ShouldContain("class weights");
        Should.Throw<ArgumentOutOfRangeException>(() => new CrossEntropyLoss().Call(output, Tensor.From<long>([0, 1, 2, 3, 4, 0], new Shape(6)))).Message.ShouldContain("row 4");
        Should.Throw<ArgumentException>(() => new CrossEntropyLoss([1, -2])).ParamName.ShouldBe("classWeights");
        Should.Throw<ArgumentException>(() => new BceWithLogitsLoss([])).ParamName.ShouldBe("posWeight");
        Should.Throw<ArgumentOutOfRangeException>(() => new HuberLoss(double.NaN)).ParamName.ShouldBe("delta");
        Should.Throw<ArgumentOutOfRangeException>(() => new CrossEntropyLoss(labelSmoothing: 1.5)).ParamName.ShouldBe("labelSmoothing");
        Should.Throw<ArgumentOutOfRangeException>(() => new BinaryFocalLoss(1.5)).ParamName.ShouldBe("alpha");
        Should.Throw<ArgumentOutOfRangeException>(() => new FocalLoss(-1)).ParamName.ShouldBe("gamma");
        Should.Throw<ArgumentOutOfRangeException>(() => new PoissonNllLoss(eps: 0)).ParamName.ShouldBe("eps");
        Should.Throw<ArgumentOutOfRangeException>(() => new MseLoss((LossReduction)7)).ParamName.ShouldBe("reduction");
    }

    /// <summary>What trains by grains relies on it: Σ weight · mean / Σ weight over the parts of a batch is the batch's mean.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Means_of_parts_combine_by_their_weights(int index)
    {
        LossGolden golden = LossGolden.All[index];
        Loss loss = golden.Make(LossReduction.Mean, DType.F64);
        Tensor output = Make(golden.Output, DType.F64);
        Tensor target = golden.Classes.Length > 0 ? Tensor.From(golden.Classes, new Shape(6)) : Make(golden.Target, DType.F64);
        double sum = 0, weights = 0;
        foreach ((int from, int to) in (ReadOnlySpan<(int, int)>)[(0, 2), (2, 5), (5, 6)])
        {
            Tensor part = target.Slice(0, from, to).ToGc();
            double weight = loss.Weight(part);
            weights += weight;
            sum += weight == 0 ? 0 : weight * loss.Call(output.Slice(0, from, to), part).Item();
        }
        (sum / weights).ShouldBe(loss.Call(output, target).Item(), 1e-12);
        weights.ShouldBe(loss.Weight(target), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_steady_call_allocates_nothing(int index)
    {
        LossGolden golden = LossGolden.All[index];
        Loss loss = golden.Make(LossReduction.Mean, DType.F32);
        Tensor output = Make(golden.Output, DType.F32).WithGrad();
        Tensor target = golden.Classes.Length > 0 ? Tensor.From(golden.Classes, new Shape(6)) : Make(golden.Target, DType.F32);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        for (int i = 0; i < 3; i++)
            Step();
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 5; i++)
                Step();
        }).ShouldBe(0, loss.Name);

        void Step()
        {
            output.ZeroGrad();
            using Scope scope = arena.Begin(Mode.Training, tape);
            tape.Backward(loss.Call(output, target));
        }
    }

    private static Tensor Make(double[] values, DType type) => SampleTensors.Make(new SampleInput(new Shape(6, 4), Grad: false), values, type);
}
