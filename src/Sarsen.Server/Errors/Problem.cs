using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sarsen.Server.Errors;

/// <summary>Problem details (RFC 9457) of our own REST.</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">Cause and cure.</param>
/// <param name="Row">The row of the request that is at fault, from 0; null where none is.</param>
/// <param name="Field">Its field.</param>
internal sealed record Problem(string Title, int Status, string Detail, long? Row, string? Field);

/// <summary>The error object of the Open Inference Protocol.</summary>
internal sealed record OipError(string Error);

[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(OipError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ErrorJson : JsonSerializerContext
{
    /// <summary>With messages that people can read.</summary>
    public static ErrorJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JsonContexts.Encoder,
    });
}
