using System.Text.Json;

namespace Sarsen.Text.Templates.Values;

/// <summary>JSON as values. Whole numbers within 64 bits are integers, all others floats.</summary>
internal static class JsonValue
{
    public static object? From(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.String:
                return json.GetString();
            case JsonValueKind.Number:
                return json.TryGetInt64(out long integer) ? (object)integer : json.GetDouble();
            case JsonValueKind.Array:
                return new ListValue(json.EnumerateArray().Select(From));
            case JsonValueKind.Object:
                var dict = new DictValue();
                foreach (JsonProperty property in json.EnumerateObject())
                    dict.Items[property.Name] = From(property.Value);
                return dict;
            default:
                return null;
        }
    }
}
