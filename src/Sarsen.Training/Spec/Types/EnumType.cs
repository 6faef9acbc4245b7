using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sarsen.Formats;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>One of an enum's members, in snake_case or as <see cref="JsonStringEnumMemberNameAttribute"/> spells it.</summary>
internal sealed class EnumType : SpecType
{
    private readonly List<(string Word, object Value, string? Description)> _members = [];

    public EnumType(Type clr) : base(clr)
    {
        foreach (FieldInfo field in clr.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            string word = field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? SnakeCase.Of(field.Name);
            _members.Add((word, field.GetValue(null)!, field.GetCustomAttribute<DescriptionAttribute>()?.Description));
        }
    }

    public override string Expected => $"one of {string.Join(", ", _members.Select(m => m.Word))}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not ScalarNode { Kind: ScalarKind.Text } text)
            return Mismatch(node, path, errors);
        foreach ((string word, object value, _) in _members)
        {
            if (word == text.Value)
                return value;
        }
        return Mismatch(node, path, errors, suggestion: Suggestion.Nearest(text.Value, _members.Select(m => m.Word)));
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["enum"] = new JsonArray([.. _members.Select(m => (JsonNode)m.Word)]) };
        IEnumerable<string> lines = _members.Where(m => m.Description is not null).Select(m => $"{m.Word}: {m.Description}");
        if (lines.Any())
            schema["description"] = string.Join("\n", lines);
        return schema;
    }

    public override SpecNode Write(object value) => YamlText.Text(_members.First(m => m.Value.Equals(value)).Word);
}
