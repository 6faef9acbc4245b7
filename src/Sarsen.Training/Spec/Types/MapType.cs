using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>A map from the user's own words, such as column names, to values of one type.</summary>
internal sealed class MapType<T>(SpecType item) : SpecType(typeof(IReadOnlyDictionary<string, T>))
{
    public override bool IsScalar => false;

    public override string Expected => $"a map of names, each with {item.Expected}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not MapNode map)
            return Mismatch(node, path, errors);
        var entries = new List<KeyValuePair<string, T>>();
        foreach (MapEntry entry in map.Entries)
        {
            if (item.Bind(entry.Value, $"{path}.{entry.Key}", errors) is T value)
                entries.Add(KeyValuePair.Create(entry.Key, value));
        }
        return entries.Count == map.Entries.Count ? new ValueMap<T>(entries) : null;
    }

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = "object", ["additionalProperties"] = item.Schema(definitions) };

    public override SpecNode Write(object value) => new MapNode(SpecMark.None,
        [.. ((IReadOnlyDictionary<string, T>)value).Select(e => new MapEntry(e.Key, SpecMark.None, item.Write(e.Value!)))]);
}
