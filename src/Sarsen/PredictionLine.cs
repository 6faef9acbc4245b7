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

    public static PredictionView Of(Prediction prediction) => new(
        prediction.Class, Finite(prediction.Probability), Map(prediction.Probabilities), Map(prediction.Values));

    private static Dictionary<string, double?>? Map(IReadOnlyList<KeyValuePair<string, double>>? pairs) =>
        pairs?.ToDictionary(p => p.Key, p => Finite(p.Value));

    // JSON has no NaN and no infinity.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
