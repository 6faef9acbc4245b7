using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models;

/// <summary>
/// A network's weights as a safetensors file holds them: each parameter and buffer by its path, as it is, or rounded to
/// F16, or as bytes: <c>path</c> in I8 with <c>path.scale</c> (one F32 for each output channel) and, where its inputs were
/// calibrated, <c>path.input_range</c> (two F32, least and most). A network that is a decoder alone has Hugging Face's names.
/// </summary>
internal static unsafe class StoredWeights
{
    private const string ScaleSuffix = ".scale";
    private const string RangeSuffix = ".input_range";

    /// <summary>The tensors of a file.</summary>
    /// <param name="network">Its quantised weights are written as bytes.</param>
    /// <param name="half">Round what else has two dimensions or more to F16.</param>
    /// <exception cref="NetworkException">A weight is beyond the range of F16, or a decoder's are quantised.</exception>
    public static IEnumerable<(string Name, Tensor Value)> Of(Network network, bool half)
    {
        if (network.Language is DecoderModel decoder)
        {
            if (network.Quantised.Count > 0)
                throw new NetworkException(-1, "a decoder's weights are stored as floats: keep this model in f32 or f16");
            foreach ((string name, Tensor value) in LlamaFiles.Tensors(decoder))
                yield return (name, half && value.Rank >= 2 ? Half(name, value) : value);
            yield break;
        }
        foreach (ModuleState state in network.Body.State())
        {
            if (!network.Quantised.TryGetValue(state.Name, out QuantisedWeight? bytes))
            {
                yield return (state.Name, half && state.Value.Rank >= 2 && state.Value.DType == DType.F32 ? Half(state.Name, state.Value) : state.Value);
                continue;
            }
            yield return (state.Name, bytes.Values);
            yield return (state.Name + ScaleSuffix, bytes.Scales);
            if (bytes.Input is { } range)
                yield return (state.Name + RangeSuffix, Tensor.From<float>([range.Min, range.Max], new Shape(2)));
        }
    }

    /// <summary>Fills all parameters and buffers; bytes are turned back into floats, and returned besides.</summary>
    /// <param name="network">The network.</param>
    /// <param name="from">The file.</param>
    /// <param name="floats">False: what plans compute with as bytes stays zero, and its pages untouched.</param>
    /// <exception cref="ModelFormatException">One is missing or has another shape, or the file is damaged.</exception>
    public static Dictionary<string, QuantisedWeight> Read(Network network, SafetensorsFile from, bool floats = true)
    {
        var quantised = new Dictionary<string, QuantisedWeight>();
        if (network.Language is DecoderModel decoder)
        {
            LlamaFiles.Read(decoder, from);
            return quantised;
        }
        foreach (ModuleState state in network.Body.State())
        {
            if (from.Entry(state.Name).DType != DType.I8)
            {
                from.ReadInto(state.Name, state.Value, convert: true);
                continue;
            }
            QuantisedWeight weight = quantised[state.Name] = ReadBytes(from, state);
            if (floats || !weight.FitsProducts)
                weight.CopyTo(state.Value);
        }
        return quantised;
    }

    private static QuantisedWeight ReadBytes(SafetensorsFile from, ModuleState state)
    {
        // The shape is the network's: memory is taken for what is expected, not for what the file says.
        if (state.Value is not { DType: DType.F32, Rank: >= 1 })
            throw new ModelFormatException(from.Path, from.Entry(state.Name).Offset, $"the tensor '{state.Name}' is I8, {state.Value.DType} {state.Value.Shape} cannot be made of it");
        Tensor values = Tensor.Empty(DType.I8, state.Value.Shape), scales = Tensor.Empty(DType.F32, new Shape(state.Value.Shape[0]));
        from.ReadInto(state.Name, values);
        from.ReadInto(state.Name + ScaleSuffix, scales);
        InputRange? range = null;
        if (from.Contains(state.Name + RangeSuffix))
        {
            Tensor ends = Tensor.Empty(DType.F32, new Shape(2));
            from.ReadInto(state.Name + RangeSuffix, ends);
            range = new InputRange(ends.AsSpan<float>()[0], ends.AsSpan<float>()[1]);
        }
        try
        {
            return new QuantisedWeight(values, scales, range);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(from.Path, from.Entry(state.Name).Offset, $"the weight '{state.Name}' of bytes is not sound: {e.Message}", e);
        }
    }

    private static Tensor Half(string name, Tensor weight)
    {
        Tensor half = Tensor.Empty(DType.F16, weight.Shape);
        fixed (byte* from = weight.Bytes, to = half.Bytes)
            Cast.Run(Workers.Serial, DType.F32, from, DType.F16, to, weight.Count);
        Span<float> wide = weight.AsSpan<float>();
        Span<Half> narrow = half.AsSpan<Half>();
        for (int i = 0; i < narrow.Length; i++)
        {
            if (System.Half.IsInfinity(narrow[i]) && float.IsFinite(wide[i]))
                throw new NetworkException(-1, $"'{name}' holds {wide[i]}, beyond the {(float)System.Half.MaxValue} that f16 reaches: keep this model in f32");
        }
        return half;
    }
}
