using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Templates;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Tests.Templates;

/// <summary>Templates, data and texts of other implementations, and the models' own templates.</summary>
internal static class TemplateVectors
{
    public const string Folder = "conformance/chat-templates";

    /// <summary>What the vectors were made with: values as JSON, the clock on 10 July 2025.</summary>
    public static TemplateOptions Options { get; } = new() { TextForm = TextForm.Json, Time = new FixedTime() };

    public static List<JsonElement> Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(TestData.PathOf($"{Folder}/hf-jinja/{file}")));
        return [.. json.RootElement.Clone().EnumerateArray()];
    }

    public static Dictionary<string, object?> Variables(JsonElement data) =>
        data.EnumerateObject().ToDictionary(p => p.Name, p => JsonValue.From(p.Value));

    public static IEnumerable<(string Name, string Source)> Models() =>
        Directory.EnumerateFiles(TestData.PathOf($"{Folder}/llama.cpp"), "*.jinja").Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileNameWithoutExtension(f), File.ReadAllText(f)));

    private sealed class FixedTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2025, 7, 10, 9, 5, 3, TimeSpan.Zero);
    }
}
