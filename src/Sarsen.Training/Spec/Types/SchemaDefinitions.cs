using System.Text.Json.Nodes;

namespace Sarsen.Training.Spec.Types;

/// <summary>The <c>$defs</c> of a schema: each record and choice set once, by name.</summary>
internal sealed class SchemaDefinitions
{
    private readonly Dictionary<SpecType, string> _names = [];
    private readonly SortedDictionary<string, JsonObject> _schemas = new(StringComparer.Ordinal);

    /// <summary>A reference to the type's definition, which <paramref name="define"/> makes on first use.</summary>
    public JsonObject Reference(SpecType type, Func<JsonObject> define)
    {
        if (!_names.TryGetValue(type, out string? name))
        {
            string plain = type is ChoiceType choice ? choice.Set.Name : SnakeCase.Of(type.Clr.Name) + "_settings";
            name = plain;
            for (int i = 2; _names.ContainsValue(name); i++)
                name = $"{plain}_{i}";
            // Named before it is made: a type may hold itself.
            _names.Add(type, name);
            _schemas.Add(name, define());
        }
        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    public JsonObject ToJson() => new(_schemas.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value)));
}
