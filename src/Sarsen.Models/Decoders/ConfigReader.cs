using System.Text.Json;
using Sarsen.Formats;

namespace Sarsen.Models.Decoders;

/// <summary>The fields of a <c>config.json</c>, each asked for by name; what is missing or of the wrong kind is refused by name.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="root">Its object.</param>
internal readonly struct ConfigReader(string path, JsonElement root)
{
    public int Int(string name, int? otherwise = null) =>
        Has(name, out JsonElement value) ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw Wrong(name, "a whole number", value)
        : otherwise ?? throw Missing(name);

    public double Double(string name, double? otherwise = null) =>
        Has(name, out JsonElement value) ? value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, "a number", value)
        : otherwise ?? throw Missing(name);

    public double? DoubleOrNull(string name) => Has(name, out _) ? Double(name) : null;

    public bool Bool(string name, bool otherwise) =>
        !Has(name, out JsonElement value) ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false", value);

    public string Text(string name, string? otherwise = null) =>
        Has(name, out JsonElement value) ? value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a text", value)
        : otherwise ?? throw Missing(name);

    /// <summary>The inner object, or null where there is none.</summary>
    public ConfigReader? Inner(string name) =>
        Has(name, out JsonElement value) ? value.ValueKind == JsonValueKind.Object ? new ConfigReader(path, value) : throw Wrong(name, "an object", value) : null;

    /// <summary>A list of texts, empty where there is none.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        !Has(name, out JsonElement value) ? []
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw Wrong(name, "a list of texts", value);

    /// <exception cref="ModelFormatException">Always: the field has a value that is not supported.</exception>
    public ModelFormatException Unsupported(string name, string value, string supported) =>
        new(path, 0, $"'{name}' is '{value}', which is not supported: {supported}");

    private bool Has(string name, out JsonElement value) => root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private ModelFormatException Missing(string name) => new(path, 0, $"'{name}' is missing");

    private ModelFormatException Wrong(string name, string expected, JsonElement value) => new(path, 0, $"'{name}' must be {expected}: it is {Cut(value.GetRawText())}");

    private static string Cut(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
