using System.Text.Json;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Inference;

/// <summary>
/// The parameters of a request, an input or an output that this server knows. Others are clients' own, as the protocol
/// allows, and mean nothing here; those of extensions that are not there are noticed, so that they can be refused.
/// </summary>
internal struct Parameters
{
    /// <summary>Of an input: the bytes that it takes of what follows the JSON.</summary>
    public long? BinarySize { get; private set; }

    /// <summary>Of an output: whether it is wanted in binary.</summary>
    public bool? Binary { get; private set; }

    /// <summary>Of an output: how many classes are wanted.</summary>
    public int Classes { get; private set; }

    /// <summary>Of a request: whether outputs are wanted in binary.</summary>
    public bool BinaryOutput { get; private set; }

    public long TimeoutMicroseconds { get; private set; }

    public long Priority { get; private set; }

    public bool HasSequence { get; private set; }

    public bool HasSharedMemory { get; private set; }

    public static Parameters Read(ref Utf8JsonReader reader, string what)
    {
        var parameters = new Parameters();
        JsonWalk.RequireObject(ref reader, $"'parameters' of {what}");
        while (JsonWalk.NextMember(ref reader, out string name))
        {
            switch (name)
            {
                case "binary_data_size":
                    parameters.BinarySize = Whole(ref reader, name, what);
                    break;
                case "binary_data":
                    parameters.Binary = Flag(ref reader, name, what);
                    break;
                case "binary_data_output":
                    parameters.BinaryOutput = Flag(ref reader, name, what);
                    break;
                case "classification":
                    parameters.Classes = (int)Math.Min(Whole(ref reader, name, what), int.MaxValue);
                    break;
                case "timeout":
                    parameters.TimeoutMicroseconds = Whole(ref reader, name, what);
                    break;
                case "priority":
                    parameters.Priority = Whole(ref reader, name, what);
                    break;
                case "sequence_id":
                    // 0 and the empty text stand for no sequence.
                    parameters.HasSequence = reader.TokenType == JsonTokenType.String ? !reader.ValueTextEquals("") : Whole(ref reader, name, what) != 0;
                    break;
                case "shared_memory_region":
                    parameters.HasSharedMemory = true;
                    reader.Skip();
                    break;
                default:
                    if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False))
                        throw new InputException($"the parameter '{name}' of {what} must be a text, a number, true or false");
                    break;
            }
        }
        return parameters;
    }

    private static long Whole(ref Utf8JsonReader reader, string name, string what) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) && value >= 0
            ? value
            : throw new InputException($"the parameter '{name}' of {what} must be a whole number from 0 on");

    private static bool Flag(ref Utf8JsonReader reader, string name, string what) =>
        reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.GetBoolean()
            : throw new InputException($"the parameter '{name}' of {what} must be true or false");
}
