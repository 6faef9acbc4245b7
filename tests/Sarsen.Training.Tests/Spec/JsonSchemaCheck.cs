using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sarsen.Training.Tests.Spec;

/// <summary>A validator for the keywords of draft 2020-12 that a spec's schema uses; any other keyword fails the test.</summary>
internal sealed class JsonSchemaCheck(JsonObject root)
{
    public bool Accepts(JsonNode? value) => Accepts(root, value);

    private bool Accepts(JsonObject schema, JsonNode? value) => schema.All(keyword => Accepts(schema, keyword.Key, keyword.Value!, value));

    private bool Accepts(JsonObject schema, string keyword, JsonNode? rule, JsonNode? value) => keyword switch
    {
        "$schema" or "title" or "description" or "default" or "$defs" => true,
        "$ref" => Accepts((JsonObject)root["$defs"]![((string)rule!)["#/$defs/".Length..]]!, value),
        "anyOf" => rule!.AsArray().Any(one => Accepts((JsonObject)one!, value)),
        "oneOf" => rule!.AsArray().Count(one => Accepts((JsonObject)one!, value)) == 1,
        "type" => rule is JsonArray several ? several.Any(t => HasType((string)t!, value)) : HasType((string)rule!, value),
        "enum" => rule!.AsArray().Any(one => JsonNode.DeepEquals(one, value)),
        "pattern" => value is not JsonValue text || !text.TryGetValue(out string? s) || Regex.IsMatch(s, (string)rule!),
        "minLength" => value is not JsonValue text || !text.TryGetValue(out string? s) || s.Length >= (int)rule!,
        "minimum" => Number(value) is not { } n || n >= Number(rule),
        "maximum" => Number(value) is not { } n || n <= Number(rule),
        "exclusiveMinimum" => Number(value) is not { } n || n > Number(rule),
        "exclusiveMaximum" => Number(value) is not { } n || n < Number(rule),
        "items" => value is not JsonArray items || items.All(i => Accepts((JsonObject)rule!, i)),
        "minItems" => value is not JsonArray items || items.Count >= (int)rule!,
        "maxItems" => value is not JsonArray items || items.Count <= (int)rule!,
        "minProperties" => value is not JsonObject map || map.Count >= (int)rule!,
        "maxProperties" => value is not JsonObject map || map.Count <= (int)rule!,
        "required" => value is not JsonObject map || rule!.AsArray().All(name => map.ContainsKey((string)name!)),
        "properties" => value is not JsonObject map || map.All(p => rule![p.Key] is not JsonObject inner || Accepts(inner, p.Value)),
        "additionalProperties" => value is not JsonObject map || map.All(p => schema["properties"]?[p.Key] is not null || (rule is JsonObject inner && Accepts(inner, p.Value))),
        _ => throw new InvalidOperationException($"the schema uses '{keyword}', which this validator does not know"),
    };

    private static bool HasType(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() == System.Text.Json.JsonValueKind.String,
        "boolean" => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False,
        "number" => Number(value) is not null,
        "integer" => Number(value) is { } n && n == Math.Truncate(n),
        _ => throw new InvalidOperationException($"unknown type '{type}'"),
    };

    private static double? Number(JsonNode? value) =>
        value?.GetValueKind() == System.Text.Json.JsonValueKind.Number ? double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture) : null;
}
