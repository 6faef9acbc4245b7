using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Results, gradients and names of attention and transformer layers, against PyTorch's.</summary>
public class TransformerParityTests
{
    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, TransformerGolden.All.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void State_has_the_names_and_shapes_of_PyTorch(int index)
    {
        TransformerGolden golden = TransformerGolden.All[index];
        golden.Make(DType.F32).State().Select(s => $"{s.Name} {s.Value.Shape}").Order()
            .ShouldBe(golden.State.Select(s => $"{s.Name} {new Shape(s.Shape)}").Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_those_of_PyTorch(int index)
    {
        Compare(TransformerGolden.All[index], DType.F64, 1e-11);
        Compare(TransformerGolden.All[index], DType.F32, GoldenValues.SingleError);
    }

    [Fact]
    public void Sinusoids_follow_their_formula()
    {
        float[] y = new SinusoidalEmbedding(6, 5).Call(Tensor.Empty(DType.F32, new Shape(1, 4, 5))).ToArray<float>();
        for (int t = 0; t < 4; t++)
        {
            for (int c = 0; c < 5; c++)
            {
                double angle = t / Math.Pow(10000, c / 2 * 2 / 5.0);
                ((double)y[t * 5 + c]).ShouldBe(c % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle), 1e-7);
            }
        }
        Should.Throw<ShapeException>(() => new SinusoidalEmbedding(6, 5).Call(Tensor.Empty(DType.F32, new Shape(1, 7, 5)))).Message.ShouldContain("the table ends at 6");
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_named()
    {
        Should.Throw<ArgumentException>(() => new MultiheadAttention(6, 4)).Message.ShouldContain("4 heads cannot share 6 elements");
        Should.Throw<ArgumentException>(() => new MultiheadAttention(6, 2, window: 3)).Message.ShouldContain("make the attention causal");
        var attention = new MultiheadAttention(6, 2);
        Should.Throw<ShapeException>(() => attention.Call(Tensor.Empty(DType.F32, new Shape(2, 3, 5)))).Message.ShouldContain("the input must be (B, T, 6), it has the shape (2, 3, 5)");
        Tensor x = Tensor.Empty(DType.F32, new Shape(2, 3, 6));
        Should.Throw<ShapeException>(() => attention.CallCross(x, Tensor.Empty(DType.F32, new Shape(1, 3, 6)))).Message.ShouldContain("a memory for each of the 2 sequences");
        Should.Throw<ArgumentOutOfRangeException>(() => attention.CallCross(x, x, Tensor.From<long>([3, 4], new Shape(2))));
        Should.Throw<InvalidOperationException>(() => new TransformerDecoderLayer(6, 2).Call(x)).Message.ShouldContain("attends to a memory");
    }

    private static void Compare(TransformerGolden golden, DType type, double error)
    {
        Module layer = golden.Make(type);
        Dictionary<string, Tensor> state = layer.State().ToDictionary(s => s.Name, s => s.Value);
        LayerCall.SetState(layer, golden.State);
        Dictionary<string, Tensor> inputs = golden.Inputs.ToDictionary(v => v.Name, v => LayerCall.Input(layer, v, type));
        foreach (Tensor input in inputs.Values.Where(i => i.DType == type))
            input.WithGrad();
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(Mode.Training, tape))
        {
            Tensor result = LayerCall.Run(layer, inputs).Single();
            result.Shape.ShouldBe(new Shape(golden.Result.Shape));
            Check(result, golden.Result, "the result");
            double[] weights = [.. Enumerable.Range(0, (int)result.Count).Select(e => 1 + 0.37 * Math.Sin(e + 1))];
            tape.Backward((result * LayerCall.Make(golden.Result with { Elements = weights }, type)).Sum());
        }
        foreach (LayerGolden.Values grad in golden.Grads)
            Check((inputs.TryGetValue(grad.Name, out Tensor input) ? input : state[grad.Name]).Grad, grad, $"the gradient of {grad.Name}");

        void Check(Tensor actual, LayerGolden.Values expected, string what) =>
            GoldenValues.Check(SampleTensors.Values(actual), expected.Elements, error, $"{layer.Kind} {type}: {what}");
    }
}
