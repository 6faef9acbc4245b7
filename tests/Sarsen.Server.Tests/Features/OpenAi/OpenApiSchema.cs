using System.IO.Compression;
using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>
/// OpenAI's own description of its API, and whether a value is what it describes: types, members that must be there, values of
/// enumerations, and combinations; <c>nullable</c> as in OpenAPI 3.0, which parts of it still use.
/// </summary>
internal sealed class OpenApiSchema
{
    public const string Folder = "conformance/openai-openapi";

    private static readonly Lazy<OpenApiSchema> s_loaded = new(() =>
    {
        using var file = new GZipStream(File.OpenRead(Path.Combine(TestData.PathOf(Folder), "openapi.json.gz")), CompressionMode.Decompress);
        return new OpenApiSchema(JsonDocument.Parse(file).RootElement);
    });

    private readonly JsonElement _root;

    private OpenApiSchema(JsonElement root) => _root = root;

    public static OpenApiSchema OpenAi => s_loaded.Value;

    /// <summary>Asserts that a value is what a component describes.</summary>
    public static void Check(string component, JsonElement value)
    {
        var wrong = new List<string>();
        OpenAi.Check(OpenAi.Resolve("#/components/schemas/" + component), value, "$", wrong);
        wrong.ShouldBeEmpty($"{component}: {value}");
    }

    /// <summary>Asserts that an operation's reply is what it describes.</summary>
    public static void CheckReply(string path, string method, JsonElement value)
    {
        JsonElement schema = OpenAi._root.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("200")
            .GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var wrong = new List<string>();
        OpenAi.Check(schema, value, "$", wrong);
        wrong.ShouldBeEmpty($"{method} {path}: {value}");
    }

    private JsonElement Resolve(string reference)
    {
        JsonElement at = _root;
        foreach (string part in reference.Split('/').Skip(1))
            at = at.GetProperty(part);
        return at;
    }

    private void Check(JsonElement schema, JsonElement value, string at, List<string> wrong)
    {
        if (schema.TryGetProperty("nullable", out JsonElement nullable) && nullable.GetBoolean() && value.ValueKind == JsonValueKind.Null)
            return;
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            Check(Resolve(reference.GetString()!), value, at, wrong);
        foreach (string way in (string[])["anyOf", "oneOf"])
        {
            if (schema.TryGetProperty(way, out JsonElement ways) && !ways.EnumerateArray().Any(w => Fits(w, value)))
                wrong.Add($"{at} fits none of {way}: {value}");
        }
        if (schema.TryGetProperty("allOf", out JsonElement all))
        {
            foreach (JsonElement each in all.EnumerateArray())
                Check(each, value, at, wrong);
        }
        if (schema.TryGetProperty("type", out JsonElement type) && !Types(type).Any(t => IsOf(t, value)))
        {
            wrong.Add($"{at} is {value.ValueKind}, not {type}");
            return;
        }
        if (schema.TryGetProperty("enum", out JsonElement values) && !values.EnumerateArray().Any(v => v.GetRawText() == value.GetRawText()))
            wrong.Add($"{at} is {value}, not one of {values}");
        if (value.ValueKind == JsonValueKind.Object)
            CheckMembers(schema, value, at, wrong);
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out JsonElement items))
        {
            int i = 0;
            foreach (JsonElement item in value.EnumerateArray())
                Check(items, item, $"{at}[{i++}]", wrong);
        }
    }

    private void CheckMembers(JsonElement schema, JsonElement value, string at, List<string> wrong)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _)))
                wrong.Add($"{at} has no '{name}'");
        }
        if (!schema.TryGetProperty("properties", out JsonElement properties))
            return;
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (properties.TryGetProperty(member.Name, out JsonElement described))
                Check(described, member.Value, $"{at}.{member.Name}", wrong);
            else if (!schema.TryGetProperty("additionalProperties", out _))
                wrong.Add($"{at} has '{member.Name}', which is not described");
        }
    }

    private bool Fits(JsonElement schema, JsonElement value)
    {
        var wrong = new List<string>();
        Check(schema, value, "", wrong);
        return wrong.Count == 0;
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool IsOf(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new ArgumentException($"no type: {type}", nameof(type)),
    };
}
