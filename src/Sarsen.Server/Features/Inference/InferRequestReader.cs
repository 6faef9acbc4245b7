using System.Text.Json;
using Sarsen.Serving;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// Reads inference requests of the Open Inference Protocol with the extensions for binary tensors and classification: a
/// JSON object, and after it the bytes of the binary inputs in their order. Any input is either read or refused with an
/// <see cref="InputException"/>. Nothing that a request says is believed before it was checked: sizes in 64 bits, nesting
/// up to <see cref="MaxDepth"/>, up to <see cref="MaxTensors"/> inputs.
/// </summary>
internal static class InferRequestReader
{
    public const int MaxDepth = 100, MaxTensors = 1024;

    private const int MaxName = 1024;

    /// <param name="json">The JSON object.</param>
    /// <param name="binary">What follows it.</param>
    /// <exception cref="InputException">It is no inference request.</exception>
    public static InferRequest Read(ReadOnlySpan<byte> json, ReadOnlySpan<byte> binary)
    {
        var tensors = new TensorBuffers([]);
        try
        {
            InferRequest request = ReadObject(json, ref binary, tensors);
            if (binary.Length > 0)
                throw new InputException($"{binary.Length} bytes follow that belong to no input: 'binary_data_size' of the inputs must add up to what follows the JSON");
            return request;
        }
        catch (JsonException e)
        {
            tensors.Dispose();
            throw new InputException($"the request is no JSON, or nested deeper than {MaxDepth}: {e.Message}", e);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private static InferRequest ReadObject(ReadOnlySpan<byte> json, ref ReadOnlySpan<byte> binary, TensorBuffers tensors)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        string? id = null;
        var parameters = new Parameters();
        List<RequestedOutput>? outputs = null;
        bool hasInputs = false;
        JsonWalk.BeginObject(ref reader, "the request");
        while (JsonWalk.NextMember(ref reader, out string name))
        {
            switch (name)
            {
                case "id":
                    id = JsonWalk.Text(ref reader, "'id'");
                    break;
                case "parameters":
                    parameters = Parameters.Read(ref reader, "the request");
                    break;
                case "inputs" when !hasInputs:
                    hasInputs = true;
                    ReadInputs(ref reader, json, ref binary, tensors);
                    break;
                case "outputs" when outputs is null:
                    outputs = ReadOutputs(ref reader);
                    break;
                case "inputs" or "outputs":
                    throw new InputException($"the request has '{name}' twice");
                default:
                    reader.Skip();
                    break;
            }
        }
        // What follows the object must be nothing: the reader throws where it is something.
        reader.Read();
        if (tensors.Count == 0)
            throw new InputException("the request has no inputs: 'inputs' must be an array of at least one");
        if (parameters.HasSequence)
            throw new InputException("the request belongs to a sequence: this server has no sequence extension");
        if (parameters.Priority != 0)
            throw new InputException("the request has a priority: this server has no schedule_policy extension");
        TimeSpan? timeout = parameters.TimeoutMicroseconds > 0 ? TimeSpan.FromMicroseconds(Math.Min(parameters.TimeoutMicroseconds, 1L << 40)) : null;
        return new InferRequest(id, tensors, outputs, parameters.BinaryOutput, timeout);
    }

    private static void ReadInputs(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref ReadOnlySpan<byte> binary, TensorBuffers tensors)
    {
        JsonWalk.BeginArray(ref reader, "'inputs'");
        while (JsonWalk.NextElement(ref reader))
        {
            if (tensors.Count == MaxTensors)
                throw new InputException($"the request has more than {MaxTensors} inputs");
            ReadInput(ref reader, json, ref binary, tensors);
        }
    }

    private static void ReadInput(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, ref ReadOnlySpan<byte> binary, TensorBuffers tensors)
    {
        string what = $"input {tensors.Count}";
        string? name = null, type = null;
        var parameters = new Parameters();
        Span<long> dimensions = stackalloc long[TensorBuffer.MaxRank];
        int rank = -1;
        // The elements can only be read when the type is known, and it may come after them: they are found first.
        ReadOnlySpan<byte> data = default;
        bool hasData = false;
        JsonWalk.RequireObject(ref reader, what);
        while (JsonWalk.NextMember(ref reader, out string member))
        {
            switch (member)
            {
                case "name":
                    name = JsonWalk.Text(ref reader, $"the name of {what}");
                    if (name.Length > MaxName)
                        throw new InputException($"the name of {what} is longer than {MaxName} characters");
                    what = $"input '{name}'";
                    break;
                case "datatype":
                    type = JsonWalk.Text(ref reader, $"'datatype' of {what}");
                    break;
                case "shape":
                    rank = ReadShape(ref reader, what, dimensions);
                    break;
                case "parameters":
                    parameters = Parameters.Read(ref reader, what);
                    break;
                case "data":
                    int from = (int)reader.TokenStartIndex;
                    reader.Skip();
                    data = json[from..(int)reader.BytesConsumed];
                    hasData = true;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (string.IsNullOrEmpty(name) || type is null || rank < 0)
            throw new InputException($"{what} must have 'name', 'datatype' and 'shape'");
        if (!DataTypes.TryParse(type, out DataType parsed))
            throw new InputException($"{what} has the datatype '{type}', which there is not: the datatypes are {string.Join(", ", Enum.GetValues<DataType>().Select(t => t.WireName()))}");
        if (parameters.HasSharedMemory)
            throw new InputException($"{what} lies in shared memory: this server has no shared memory extension");
        foreach (TensorBuffer other in tensors)
        {
            if (other.Name == name)
                throw new InputException($"there are two inputs named '{name}'");
        }
        if (hasData == parameters.BinarySize is not null)
            throw new InputException($"{what} must have either 'data' or the parameter 'binary_data_size'");
        ReadOnlySpan<long> shape = dimensions[..rank];
        TensorBuffer tensor = tensors.Add(name, parsed);
        if (parameters.BinarySize is { } size)
            BinaryTensor.Read(Take(ref binary, size, what), shape, tensor);
        else
            TensorJson.Read(data, shape, tensor);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> binary, long size, string what)
    {
        if (size < 0 || size > binary.Length)
            throw new InputException($"{what} says that it has {size} bytes, {binary.Length} are left of what follows the JSON");
        ReadOnlySpan<byte> taken = binary[..(int)size];
        binary = binary[(int)size..];
        return taken;
    }

    private static int ReadShape(ref Utf8JsonReader reader, string what, scoped Span<long> shape)
    {
        int rank = 0;
        JsonWalk.BeginArray(ref reader, $"'shape' of {what}");
        while (JsonWalk.NextElement(ref reader))
        {
            if (rank == shape.Length)
                throw new InputException($"{what} has more than {shape.Length} dimensions");
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long dimension) || dimension < 0)
                throw new InputException($"dimension {rank} of {what} is not a whole number from 0 on");
            shape[rank++] = dimension;
        }
        return rank;
    }

    private static List<RequestedOutput> ReadOutputs(ref Utf8JsonReader reader)
    {
        var outputs = new List<RequestedOutput>();
        JsonWalk.BeginArray(ref reader, "'outputs'");
        while (JsonWalk.NextElement(ref reader))
        {
            if (outputs.Count == MaxTensors)
                throw new InputException($"the request has more than {MaxTensors} outputs");
            string what = $"output {outputs.Count}";
            string? name = null;
            var parameters = new Parameters();
            JsonWalk.RequireObject(ref reader, what);
            while (JsonWalk.NextMember(ref reader, out string member))
            {
                if (member == "name")
                    name = JsonWalk.Text(ref reader, $"the name of {what}");
                else if (member == "parameters")
                    parameters = Parameters.Read(ref reader, what);
                else
                    reader.Skip();
            }
            if (string.IsNullOrEmpty(name))
                throw new InputException($"{what} must have a name");
            if (outputs.Exists(o => o.Name == name))
                throw new InputException($"the output '{name}' is asked for twice");
            if (parameters.HasSharedMemory)
                throw new InputException($"{what} is asked for in shared memory: this server has no shared memory extension");
            outputs.Add(new RequestedOutput(name, parameters.Binary, parameters.Classes));
        }
        return outputs;
    }
}
