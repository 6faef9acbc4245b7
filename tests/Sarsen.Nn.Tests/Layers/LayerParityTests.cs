using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Results, gradients, running statistics and names of every layer, against PyTorch's.</summary>
public class LayerParityTests
{
    private static readonly LayerGolden[] s_all = [.. LayerGolden.All, .. VisionGolden.All];

    public static TheoryData<int> Cases() => [.. Enumerable.Range(0, s_all.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void State_has_the_names_and_shapes_of_PyTorch(int index)
    {
        LayerGolden golden = s_all[index];
        golden.Make(DType.F32).State().Select(s => $"{s.Name} {s.Value.Shape}").Order()
            .ShouldBe(golden.State.Select(s => $"{s.Name} {new Shape(s.Shape)}").Order());
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_those_of_PyTorch(int index)
    {
        Compare(s_all[index], DType.F64, 1e-11);
        Compare(s_all[index], DType.F32, GoldenValues.SingleError);
    }

    private static void Compare(LayerGolden golden, DType type, double error)
    {
        Module layer = golden.Make(type);
        Dictionary<string, Tensor> state = layer.State().ToDictionary(s => s.Name, s => s.Value);
        LayerCall.SetState(layer, golden.State);
        Dictionary<string, Tensor> inputs = golden.Inputs.ToDictionary(v => v.Name, v => LayerCall.Input(layer, v, type));
        foreach (Tensor input in inputs.Values.Where(i => i.DType == type))
            input.WithGrad();
        using var arena = new Arena(Workers.Serial);
        var tape = new Tape();
        using (Scope scope = arena.Begin(golden.Training ? Mode.Training : Mode.Inference, tape))
        {
            Tensor[] results = LayerCall.Run(layer, inputs);
            results.Length.ShouldBe(golden.Results.Length);
            Tensor loss = default;
            long at = 0;
            for (int i = 0; i < results.Length; i++)
            {
                results[i].Shape.ShouldBe(new Shape(golden.Results[i].Shape));
                Check(results[i], golden.Results[i], $"result {i}");
                double[] weights = [.. Enumerable.Range((int)at, (int)results[i].Count).Select(e => 1 + 0.37 * Math.Sin(e + 1))];
                Tensor weighted = (results[i] * LayerCall.Make(golden.Results[i] with { Elements = weights }, type)).Sum();
                loss = loss.IsNone ? weighted : loss + weighted;
                at += results[i].Count;
            }
            tape.Backward(loss);
        }
        foreach (LayerGolden.Values grad in golden.Grads)
            Check((inputs.TryGetValue(grad.Name, out Tensor input) ? input : state[grad.Name]).Grad, grad, $"gradient of {grad.Name}");
        foreach (LayerGolden.Values buffer in golden.Buffers)
            Check(state[buffer.Name], buffer, buffer.Name);

        void Check(Tensor actual, LayerGolden.Values expected, string what) =>
            GoldenValues.Check(SampleTensors.Values(actual), expected.Elements, error, $"{layer.Kind} {type}: {what}");
    }
}
