using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Losses;

/// <summary>Losses of more than an output and a target.</summary>
public class PairLossTests
{
    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, PairLossGolden.All.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_and_gradients_are_those_of_PyTorch(int index)
    {
        Compare(PairLossGolden.All[index], DType.F64, 1e-12);
        Compare(PairLossGolden.All[index], DType.F32, GoldenValues.SingleError);
    }

    private static Func<Tensor[], Tensor> Make(PairLossGolden golden)
    {
        switch (golden.Name)
        {
            case "cosine":
                var cosine = new CosineEmbeddingLoss(0.2, golden.Reduction);
                return x => cosine.Call(x[0], x[1], x[2]);
            case "ranking":
                var ranking = new MarginRankingLoss(0.3, golden.Reduction);
                return x => ranking.Call(x[0].Select(1, 0), x[1].Select(1, 0), x[2]);
            case "gaussian":
                var gaussian = new GaussianNllLoss(full: true, eps: 0.2, golden.Reduction);
                return x => gaussian.Call(x[0], x[1], x[2]);
            case "triplet" or "triplet, swapped":
                bool swap = golden.Name != "triplet";
                var triplet = new TripletMarginLoss(swap ? 0.5 : 1.5, swap ? 1 : 2, swap, golden.Reduction);
                return x => triplet.Call(x[0], x[1], x[2]);
            default:
                var ctc = new CtcLoss(golden.Name == "ctc, the blank last" ? 4 : 0, golden.Name == "ctc, one too short", golden.Reduction);
                return x => ctc.Call(x[0].LogSoftmax(), x[1], x[2], x[3]);
        }
    }

    private static Tensor[] Inputs(PairLossGolden golden, DType type) => [.. golden.Inputs.Select(i => Make(golden, i, type))];

    private static Tensor Make(PairLossGolden golden, PairLossGolden.Input input, DType type)
    {
        var shape = new Shape(input.Shape);
        if (!golden.Name.StartsWith("ctc", StringComparison.Ordinal) || input.Name == "x")
            return SampleTensors.Make(new SampleInput(shape, Grad: input.Grad.Length > 0), input.Elements, type);
        // Zeros fill up the rows of labels; as in golden.py they are the last class, which beyond the lengths counts for nothing.
        long less = golden.Name == "ctc, the blank last" ? 1 : 0;
        return Tensor.From([.. input.Elements.Select(v => input.Name == "labels" ? (long)(v == 0 ? 4 : v) - less : (long)v)], shape);
    }

    private static void Compare(PairLossGolden golden, DType type, double error)
    {
        Tensor[] x = Inputs(golden, type);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Tensor value = Make(golden)(x);
            Check(SampleTensors.Values(value), golden.Value, "value");
            double[] scale = [.. Enumerable.Range(0, (int)value.Count).Select(i => 1 + Math.Sin(i) / 2)];
            tape.Backward((value * SampleTensors.Make(new SampleInput(value.Shape, Grad: false), scale, type)).Sum());
        }
        for (int i = 0; i < x.Length; i++)
        {
            if (golden.Inputs[i].Grad.Length > 0)
                Check(SampleTensors.Values(x[i].Grad), golden.Inputs[i].Grad, $"gradient of {golden.Inputs[i].Name}");
        }

        void Check(double[] actual, double[] expected, string what) => GoldenValues.Check(actual, expected, error, $"{golden.Name} {golden.Reduction} {type}: {what}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_steady_call_allocates_nothing(int index)
    {
        PairLossGolden golden = PairLossGolden.All[index];
        Tensor[] x = Inputs(golden, DType.F32);
        Func<Tensor[], Tensor> loss = Make(golden);
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        for (int i = 0; i < 3; i++)
            Step();
        AllocatedBytes.Of(() =>
        {
            for (int i = 0; i < 5; i++)
                Step();
        }).ShouldBe(0, golden.Name);

        void Step()
        {
            foreach (Tensor input in x)
                input.ZeroGrad();
            using Scope scope = arena.Begin(Mode.Training, tape);
            tape.Backward(loss(x).Sum());
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Tensor log = Tensor.Empty(DType.F32, new Shape(5, 1, 3)), two = Tensor.From<long>([2], new Shape(1));
        Tensor Spelled(long a, long b) => Tensor.From([a, b], new Shape(1, 2));
        var loss = new CtcLoss();
        Should.Throw<ArgumentOutOfRangeException>(() => loss.Call(log, Spelled(1, 3), two, two)).Message.ShouldContain("0 … 2 and not the blank");
        Should.Throw<ArgumentOutOfRangeException>(() => loss.Call(log, Spelled(1, 0), two, two)).Message.ShouldContain("not the blank, 0");
        Should.Throw<ArgumentOutOfRangeException>(() => loss.Call(log, Spelled(1, 2), Tensor.From<long>([6], new Shape(1)), two)).Message.ShouldContain("0 … 5");
        Should.Throw<ArgumentOutOfRangeException>(() => loss.Call(log, Spelled(1, 2), two, Tensor.From<long>([3], new Shape(1)))).Message.ShouldContain("0 … 2");
        Should.Throw<ShapeException>(() => loss.Call(log, two, two, two)).Message.ShouldContain("(1, S)");
        Should.Throw<ArgumentOutOfRangeException>(() => new TripletMarginLoss(p: 3)).ParamName.ShouldBe("p");
        Should.Throw<ArgumentOutOfRangeException>(() => new CosineEmbeddingLoss(2)).ParamName.ShouldBe("margin");
        // Two labels do not fit into one step: there is no way to spell them.
        Tensor one = Tensor.From<long>([1], new Shape(1));
        loss.Call(log, Spelled(1, 2), one, two).Item().ShouldBe(double.PositiveInfinity);
        new CtcLoss(zeroInfinity: true).Call(log, Spelled(1, 2), one, two).Item().ShouldBe(0);
    }
}
