using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Types;

namespace Sarsen.Training.Spec;

/// <summary>The JSON Schema (draft 2020-12) of a spec, for editors: one text for one set of records.</summary>
public static class SpecSchema
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="root">The record at the top.</param>
    /// <param name="sets">The alternatives of every choice the records hold.</param>
    /// <exception cref="ArgumentException">A record holds what a spec cannot say.</exception>
    public static string Generate(Type root, ChoiceSets sets)
    {
        var definitions = new SchemaDefinitions();
        JsonObject reference = new SpecTypes(sets).Record(root).Schema(definitions);
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = SnakeCase.Of(root.Name),
            ["$ref"] = reference["$ref"]!.GetValue<string>(),
            ["$defs"] = definitions.ToJson(),
        };
        return schema.ToJsonString(Layout) + "\n";
    }
}
