using System.Text.Json;

namespace Sarsen.Text.Grammars;

/// <summary>Whether no value can match two of several schemas: their types differ, or a required property has another constant in each.</summary>
internal static class JsonAlternatives
{
    public static bool AreDisjoint(IReadOnlyList<JsonElement> schemas)
    {
        for (int i = 0; i < schemas.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (!AreDisjoint(schemas[i], schemas[j]))
                    return false;
            }
        }
        return true;
    }

    private static bool AreDisjoint(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != JsonValueKind.Object || b.ValueKind != JsonValueKind.Object)
            return false;
        HashSet<string>? typesA = Types(a), typesB = Types(b);
        if (typesA is not null && typesB is not null && !typesA.Overlaps(typesB))
            return true;
        if (Constants(a) is { } ca && Constants(b) is { } cb && !ca.Overlaps(cb))
            return true;
        return typesA?.Contains("object") == true && typesA.Count == 1 && typesB?.SetEquals(typesA) == true && Required(a).Intersect(Required(b))
            .Any(name => Constants(a, name) is { } x && Constants(b, name) is { } y && !x.Overlaps(y));
    }

    private static HashSet<string>? Types(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
            return null;
        string[] names = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.ToString())] : [type.ToString()];
        return [.. names.Select(n => n == "integer" ? "number" : n)];
    }

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out JsonElement names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(n => n.ToString()) : [];

    private static HashSet<string>? Constants(JsonElement schema, string property) =>
        schema.TryGetProperty("properties", out JsonElement all) && all.ValueKind == JsonValueKind.Object
        && all.TryGetProperty(property, out JsonElement one) && one.ValueKind == JsonValueKind.Object ? Constants(one) : null;

    private static HashSet<string>? Constants(JsonElement schema)
    {
        if (schema.TryGetProperty("const", out JsonElement value) && value.ValueKind == JsonValueKind.String)
            return [value.GetString()!];
        return schema.TryGetProperty("enum", out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. values.EnumerateArray().Select(v => v.GetString()!)] : null;
    }
}
