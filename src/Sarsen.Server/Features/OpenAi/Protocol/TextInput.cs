using System.Text.Json;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>A text that a model is given, as it is or as tokens.</summary>
internal sealed record TextInput(string? Text, int[]? Tokens)
{
    public int[] Encode(Func<string, int[]> encode) => Tokens ?? encode(Text!);

    /// <summary>A string, several strings, tokens, or several lists of tokens.</summary>
    /// <exception cref="OpenAiException">It is none of these, or empty.</exception>
    public static IReadOnlyList<TextInput> ReadAll(RequestFields fields, string name)
    {
        JsonElement input = fields.Any(name) ?? throw fields.Missing(name);
        if (input.ValueKind == JsonValueKind.String)
            return [new TextInput(input.GetString(), null)];
        const string Forms = "a string, an array of strings, an array of tokens, or an array of arrays of tokens";
        if (input.ValueKind != JsonValueKind.Array)
            throw RequestFields.Wrong(name, Forms, input);
        JsonElement[] items = [.. input.EnumerateArray()];
        if (items.Length == 0)
            throw OpenAiException.Invalid($"'{name}' is empty: give it a text", name, "empty_array");
        return items[0].ValueKind switch
        {
            JsonValueKind.Number => [new TextInput(null, ReadTokens(input, name, Forms))],
            JsonValueKind.String => [.. items.Select(i => new TextInput(i.ValueKind == JsonValueKind.String ? i.GetString() : throw RequestFields.Wrong(name, Forms, i), null))],
            JsonValueKind.Array => [.. items.Select(i => new TextInput(null, i.ValueKind == JsonValueKind.Array ? ReadTokens(i, name, Forms) : throw RequestFields.Wrong(name, Forms, i)))],
            _ => throw RequestFields.Wrong(name, Forms, items[0]),
        };
    }

    private static int[] ReadTokens(JsonElement list, string name, string forms) =>
        [.. list.EnumerateArray().Select(t => t.ValueKind == JsonValueKind.Number && t.TryGetInt32(out int token) ? token : throw RequestFields.Wrong(name, forms, t))];
}
