using System.Buffers;
using System.Text.Json;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>Writes the answer to an inference request: a JSON object, and after it the bytes of the binary outputs in their order.</summary>
internal static class InferResponseWriter
{
    /// <param name="to">Receives the answer.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="info">The predictor.</param>
    /// <param name="output">What it gave.</param>
    /// <param name="allBinary">Whether all outputs go in binary, whatever the request says.</param>
    /// <returns>The bytes of the JSON object, where something follows it; else null.</returns>
    /// <exception cref="InputException">The request asks for an output that there is not.</exception>
    public static int? Write(ArrayBufferWriter<byte> to, string name, string version, InferRequest request, PredictorInfo info, TensorBuffers output, bool allBinary = false)
    {
        using var ranked = new TensorBuffers([]);
        var binaries = new List<TensorBuffer>();
        using (var json = new Utf8JsonWriter(to, new JsonWriterOptions { Encoder = JsonContexts.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("model_name", name);
            json.WriteString("model_version", version);
            if (request.Id is not null)
                json.WriteString("id", request.Id);
            json.WriteStartArray("outputs");
            foreach (RequestedOutput wanted in request.Outputs ?? [.. output.Select(o => new RequestedOutput(o.Name, null, 0))])
            {
                TensorBuffer tensor = Find(wanted, info, output, ranked);
                bool binary = allBinary || (wanted.Binary ?? request.BinaryOutput);
                WriteTensor(json, tensor, binary);
                if (binary)
                    binaries.Add(tensor);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        if (binaries.Count == 0)
            return null;
        int length = to.WrittenCount;
        foreach (TensorBuffer tensor in binaries)
            to.Write(tensor.Bytes);
        return length;
    }

    private static TensorBuffer Find(RequestedOutput wanted, PredictorInfo info, TensorBuffers output, TensorBuffers ranked)
    {
        TensorBuffer tensor = output.FirstOrDefault(o => o.Name == wanted.Name)
            ?? throw new InputException($"'{info.Name}' has no output '{wanted.Name}': its outputs are {string.Join(", ", info.Outputs)}");
        if (wanted.Classes == 0)
            return tensor;
        TensorBuffer texts = ranked.Add(tensor.Name, DataType.Bytes);
        Classification.Rank(tensor, wanted.Classes, info.Classes, texts);
        return texts;
    }

    private static void WriteTensor(Utf8JsonWriter json, TensorBuffer tensor, bool binary)
    {
        json.WriteStartObject();
        json.WriteString("name", tensor.Name);
        json.WriteString("datatype", tensor.Type.WireName());
        json.WriteStartArray("shape");
        foreach (long dimension in tensor.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        if (binary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", tensor.Bytes.Length);
            json.WriteEndObject();
        }
        else
        {
            if (tensor.Type is DataType.Fp16 or DataType.Bf16)
                throw new InputException($"the output '{tensor.Name}' is {tensor.Type.WireName()}, which JSON cannot hold: ask for it in binary (binary_data, or binary_data_output for all)");
            json.WriteStartArray("data");
            ReadOnlySpan<byte> rest = tensor.Bytes;
            while (rest.Length > 0)
                rest = rest[ElementText.Write(json, tensor.Type, rest, NonFinite.Refuse)..];
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
