using System.Text.Json;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>An object of a tokenizer.json and where it is in the file; what is asked for is checked for its type.</summary>
internal readonly struct JsonPart(JsonElement element, string file, string path)
{
    public string File => file;

    public JsonElement Element => element;

    /// <summary>The <c>type</c>, or "" where there is none.</summary>
    public string Type => TextOrNull("type") ?? "";

    public string Text(string key) => TextOrNull(key) ?? throw Missing(key, "a text");

    public string? TextOrNull(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? StringOf(value) : throw Missing(key, "a text");

    public bool Flag(string key, bool without) => Find(key) is not { } value ? without
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Missing(key, "true or false");

    public long Number(string key, long? without = null)
    {
        if (Find(key) is { } value)
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : throw Missing(key, "a whole number");
        return without ?? throw Missing(key, "a whole number");
    }

    /// <summary>The object under a key, or null where it is not there or null.</summary>
    public JsonPart? Part(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new JsonPart(value, file, $"{path}.{key}") : throw Missing(key, "an object");

    /// <summary>The objects of a list.</summary>
    public IEnumerable<JsonPart> Parts(string key)
    {
        int index = 0;
        foreach (JsonElement item in Items(key))
        {
            var part = new JsonPart(item, file, $"{path}.{key}[{index++}]");
            yield return item.ValueKind == JsonValueKind.Object ? part : throw part.Fail("must be an object");
        }
    }

    public JsonElement.ArrayEnumerator Items(string key) => Find(key) is { ValueKind: JsonValueKind.Array } list
        ? list.EnumerateArray()
        : throw Missing(key, "a list");

    public JsonElement? Find(string key) =>
        element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text that may be half a surrogate pair, which JSON can write and UTF-8 cannot hold.</summary>
    public string StringOf(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException(file, 0, $"{path}: a text is expected, and one that is Unicode", e);
        }
    }

    public ModelFormatException Fail(string message) => new(file, 0, $"{path} {message}");

    public ModelFormatException Unknown(string what, IEnumerable<string> known)
    {
        string? near = Suggestion.Nearest(Type, known);
        return Fail($"is the {what} '{Type}', which is not known{(near is null ? "" : $"; '{near}' is")}");
    }

    private ModelFormatException Missing(string key, string expected) => new(file, 0, $"{path}.{key} must be {expected}");
}
