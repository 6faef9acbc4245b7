using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Language;

/// <summary>The tokens with a role, from the files of a model.</summary>
internal static class SpecialTokens
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>From a folder: the tokenizer's own words first, then the ids of the model's and the generation's configurations.</summary>
    public static SpecialTokenIds Of(HuggingFaceFolder folder, Tokenizer tokenizer)
    {
        int[] ends = [.. Ids(folder.GenerationConfig, "eos_token_id"), .. Ids(folder.Config, "eos_token_id")];
        int? Role(string name, IEnumerable<int> otherwise) =>
            TextOf(folder, name) is { } text && tokenizer.IdOf(text) is { } id ? id : otherwise.Select(token => (int?)token).FirstOrDefault();
        int? eos = Role("eos_token", ends);
        return new SpecialTokenIds
        {
            Bos = Role("bos_token", Ids(folder.Config, "bos_token_id")),
            Eos = eos,
            Unknown = Role("unk_token", []),
            Padding = Role("pad_token", Ids(folder.Config, "pad_token_id")),
            MoreEnds = [.. ends.Distinct().Where(id => id != eos)],
        };
    }

    /// <summary>From a GGUF's metadata.</summary>
    public static SpecialTokenIds Of(GgufMetadata metadata)
    {
        int? Id(string name) => metadata.TryGet(Prefix + name, out _) ? (int)metadata.Integer(Prefix + name) : null;
        return new SpecialTokenIds
        {
            Bos = Id("bos_token_id"),
            Eos = Id("eos_token_id"),
            Unknown = Id("unknown_token_id"),
            Padding = Id("padding_token_id"),
            MoreEnds = [.. new[] { Id("eot_token_id"), Id("eom_token_id") }.OfType<int>()],
        };
    }

    /// <summary>A token's text from the tokenizer's configuration: a text, or an object with one.</summary>
    public static string? TextOf(HuggingFaceFolder folder, string name)
    {
        foreach (JsonElement? source in (ReadOnlySpan<JsonElement?>)[folder.TokenizerConfig, folder.SpecialTokens])
        {
            if (source is not { } config || !config.TryGetProperty(name, out JsonElement token))
                continue;
            if (token.ValueKind == JsonValueKind.Object && token.TryGetProperty("content", out JsonElement content))
                token = content;
            if (token.ValueKind == JsonValueKind.String)
                return token.GetString();
        }
        return null;
    }

    /// <summary>A GGUF's metadata as tokenizers take it.</summary>
    public static IReadOnlyDictionary<string, object> Values(GgufMetadata metadata) =>
        metadata.ToDictionary(pair => pair.Key, pair => pair.Value.ToObject() is GgufArray array ? array.ToElements() : pair.Value.ToObject());

    /// <summary>One id, or a list of them.</summary>
    private static IEnumerable<int> Ids(JsonElement? source, string name)
    {
        if (source is not { } config || !config.TryGetProperty(name, out JsonElement value))
            return [];
        IEnumerable<JsonElement> elements = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. elements.Where(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out _)).Select(e => e.GetInt32())];
    }
}
