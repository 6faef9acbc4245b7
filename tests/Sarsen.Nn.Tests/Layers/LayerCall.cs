using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Tests.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>How a golden's layer is given its inputs: x, and whichever it takes of h, c, memory and lengths.</summary>
internal static class LayerCall
{
    public static Tensor[] Run(Module layer, Dictionary<string, Tensor> inputs)
    {
        (Tensor x, Tensor memory, Tensor lengths) = (inputs["x"], inputs.GetValueOrDefault("memory"), inputs.GetValueOrDefault("lengths"));
        switch (layer)
        {
            case Recurrent recurrent:
                RecurrentResult result = recurrent.Run(x, inputs.GetValueOrDefault("h"), inputs.GetValueOrDefault("c"), lengths);
                return result.Cell.IsNone ? [result.Output, result.Hidden] : [result.Output, result.Hidden, result.Cell];
            case MultiheadAttention attention when !memory.IsNone:
                return [attention.CallCross(x, memory, lengths)];
            case MultiheadAttention attention when !lengths.IsNone:
                return [attention.Call(x, TokenSpans.OfLengths(lengths, x.Shape[1], x.Shape[1]))];
            case TransformerEncoderLayer encoder when !lengths.IsNone:
                return [encoder.Call(x, TokenSpans.OfLengths(lengths, x.Shape[1], x.Shape[1]))];
            case TransformerDecoderLayer decoder:
                return [decoder.Call(x, memory, lengths)];
            default:
                return [layer.Call(x)];
        }
    }

    /// <summary>An input of a layer: lengths and the ids of embeddings in I64, all else in the type.</summary>
    public static Tensor Input(Module layer, LayerGolden.Values values, DType type) => layer is Embedding || values.Name == "lengths"
        ? Tensor.From<long>([.. values.Elements.Select(e => (long)e)], new Shape(values.Shape))
        : Make(values, type);

    public static Tensor Make(LayerGolden.Values values, DType type) =>
        SampleTensors.Make(new SampleInput(new Shape(values.Shape), Grad: false), values.Elements, type);

    /// <summary>Gives the layer the state that the golden began with.</summary>
    public static void SetState(Module layer, IEnumerable<LayerGolden.Values> state)
    {
        Dictionary<string, Tensor> own = layer.State().ToDictionary(s => s.Name[(layer.Path.Length == 0 ? 0 : layer.Path.Length + 1)..], s => s.Value);
        foreach (LayerGolden.Values values in state)
            Make(values, own[values.Name].DType).Bytes.CopyTo(own[values.Name].Bytes);
    }
}
