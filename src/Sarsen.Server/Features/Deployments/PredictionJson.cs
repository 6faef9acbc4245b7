using System.Text.Json;
using Sarsen.Serving;

namespace Sarsen.Server.Features.Deployments;

/// <summary>
/// A prediction in JSON: <c>{"class", "probability", "probabilities": {…}}</c> or <c>{"values": {…}}</c>. A number that was
/// computed in 32 bits has as few digits as say it; one that is none (NaN, infinity), which JSON has not, is null.
/// </summary>
public static class PredictionJson
{
    public static void Write(Utf8JsonWriter json, Prediction prediction)
    {
        json.WriteStartObject();
        if (prediction.Class is not null)
        {
            json.WriteString("class", prediction.Class);
            json.WritePropertyName("probability");
            Write(json, prediction.Probability!.Value);
        }
        Write(json, "probabilities", prediction.Probabilities);
        Write(json, "values", prediction.Values);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<KeyValuePair<string, double>>? pairs)
    {
        if (pairs is null)
            return;
        json.WriteStartObject(name);
        foreach ((string key, double value) in pairs)
        {
            json.WritePropertyName(key);
            Write(json, value);
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value) && (float)value == value)
            json.WriteNumberValue((float)value);
        else if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }
}
