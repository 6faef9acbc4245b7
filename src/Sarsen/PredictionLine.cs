using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sarsen.Server.Features.Deployments;
using Sarsen.Serving;

namespace Sarsen;

/// <summary>A prediction as it is printed: the form in which a server answers.</summary>
internal static class PredictionLine
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The line of a prediction that was made here.</summary>
    public static string Of(Prediction prediction)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = Options.Encoder }))
            PredictionJson.Write(json, prediction);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>The line of a prediction that a server made: the same digits.</summary>
    public static string Of(PredictionView prediction) => JsonSerializer.Serialize(prediction, Options);
}
