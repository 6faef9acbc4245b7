using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;

namespace Sarsen.Serving.Language.Conversion;

/// <summary>How a model's maker wants tokens to be chosen: fields of <c>generation_config.json</c> and the keys of GGUF for them.</summary>
internal static class SamplingKeys
{
    private static readonly (string Field, string Key, bool Whole)[] s_all =
    [
        ("temperature", "general.sampling.temp", false),
        ("top_k", "general.sampling.top_k", true),
        ("top_p", "general.sampling.top_p", false),
        ("min_p", "general.sampling.min_p", false),
        ("repetition_penalty", "general.sampling.penalty_repeat", false),
    ];

    public static IEnumerable<KeyValuePair<string, GgufValue>> ToGguf(JsonElement generation)
    {
        foreach ((string field, string key, bool whole) in s_all)
        {
            if (generation.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number)
                yield return whole && value.TryGetInt32(out int number) ? new(key, number) : new(key, (float)value.GetDouble());
        }
    }

    public static void FromGguf(GgufMetadata metadata, JsonObject generation)
    {
        foreach ((string field, string key, bool whole) in s_all)
        {
            if (metadata.TryGet(key, out _))
                generation[field] = whole ? metadata.Integer(key) : (float)metadata.Number(key);
        }
    }
}
