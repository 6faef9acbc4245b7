using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>
/// A record: a map of its properties. What spans several properties is checked by the record itself, as an
/// <see cref="IValidatableObject"/>.
/// </summary>
internal sealed class RecordType(Type clr) : SpecType(clr)
{
    /// <summary>Filled by <see cref="SpecTypes"/> once this type is registered, since records may hold themselves.</summary>
    public IReadOnlyList<SpecProperty> Properties { get; set; } = [];

    public string? Description { get; } = clr.GetCustomAttribute<DescriptionAttribute>()?.Description;

    public override bool IsScalar => false;

    public override string Expected => Properties.Count == 0
        ? "no settings"
        : $"a map of settings ({string.Join(", ", Properties.Select(p => p.Name))})";

    public bool HasRequired => Properties.Any(p => p.Required);

    public SpecProperty? Find(string name) => Properties.FirstOrDefault(p => p.Name == name);

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not MapNode map)
            return Mismatch(node, path, errors);
        int before = errors.Count;
        object record = Activator.CreateInstance(Clr)!;
        foreach (MapEntry entry in map.Entries)
        {
            string place = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
            if (Find(entry.Key) is { } property)
                BindProperty(record, property, entry, place, errors);
            else
                AddUnknown(entry, path, errors);
        }
        foreach (SpecProperty property in Properties.Where(p => map.Find(p.Name) is null))
        {
            if (property.Required)
                errors.Add(map.At, path, $"'{property.Name}' is missing: {property.Description ?? property.Type.Expected}");
            else if (property.Default is { } fallback)
                property.Set(record, AsBound(property.Type, fallback));
        }
        if (errors.Count == before)
            Validate(record, map, path, errors);
        return errors.Count == before ? record : null;
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Reference(this, () =>
    {
        var properties = new JsonObject();
        foreach (SpecProperty property in Properties)
            properties[property.Name] = PropertySchema(property, definitions);
        var schema = new JsonObject { ["type"] = "object" };
        if (Description is not null)
            schema["description"] = Description;
        schema["additionalProperties"] = false;
        schema["properties"] = properties;
        if (HasRequired)
            schema["required"] = new JsonArray([.. Properties.Where(p => p.Required).Select(p => (JsonNode)p.Name)]);
        return schema;
    });

    public override SpecNode Write(object value)
    {
        var entries = new List<MapEntry>();
        foreach (SpecProperty property in Properties)
        {
            SpecNode node = property.Get(value) is { } held ? property.Type.Write(held) : new ScalarNode(SpecMark.None, "null");
            entries.Add(new MapEntry(property.Name, SpecMark.None, node));
        }
        return new MapNode(SpecMark.None, entries);
    }

    private static void BindProperty(object record, SpecProperty property, MapEntry entry, string path, SpecErrors errors)
    {
        if (entry.Value is ScalarNode { Kind: ScalarKind.Null })
        {
            if (property.Nullable)
                property.Set(record, null);
            else
                errors.Add(entry.KeyAt, path, $"expected {property.Type.Expected}, found nothing; fill it in, or leave the key out");
        }
        else if (property.Type.Bind(entry.Value, path, errors) is { } value)
        {
            property.Set(record, value);
        }
    }

    private void AddUnknown(MapEntry entry, string path, SpecErrors errors)
    {
        string where = path.Length == 0 ? "at the top" : "here";
        string known = Properties.Count == 0 ? "nothing can be set" : $"there are {string.Join(", ", Properties.Select(p => p.Name))}";
        string? near = Suggestion.Nearest(entry.Key, Properties.Select(p => p.Name)) ?? Described(entry.Key);
        // An indentation that slipped puts a right word in a wrong place: name the section it belongs to.
        string? home = near is null ? Properties.FirstOrDefault(p => p.Type is RecordType inner && inner.Find(entry.Key) is not null)?.Name : null;
        string cure = home is null ? "" : $"; '{entry.Key}' belongs below '{home}'";
        errors.Add(entry.KeyAt, path, $"unknown key '{ScalarNode.Shorten(entry.Key)}' {where}; {known}{cure}", near);
    }

    // Another framework's name is often how this one describes its own: 'learning_rate' is lr, «Learning rate.».
    private string? Described(string key)
    {
        if (key.Length < 4)
            return null;
        string words = key.Replace('_', ' ');
        SpecProperty[] matches = [.. Properties.Where(p => p.Description?.Contains(words, StringComparison.OrdinalIgnoreCase) == true)];
        return matches is [var only] ? only.Name : null;
    }

    private void Validate(object record, MapNode map, string path, SpecErrors errors)
    {
        if (record is not IValidatableObject validatable)
            return;
        foreach (ValidationResult result in validatable.Validate(new ValidationContext(record)))
        {
            (SpecMark at, string place) = Locate(map, path, result.MemberNames.FirstOrDefault());
            errors.Add(at, place, result.ErrorMessage ?? "not valid");
        }
    }

    // Members are named as in C#, inner ones with dots: Train.EarlyStopping. What the text leaves out is at its parent.
    private (SpecMark At, string Path) Locate(MapNode map, string path, string? members)
    {
        SpecMark at = map.At;
        SpecNode? node = map;
        SpecType? type = this;
        foreach (string member in members?.Split('.') ?? [])
        {
            if ((type as RecordType)?.Properties.FirstOrDefault(p => p.ClrName == member) is not { } property)
                break;
            path = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            node = (node as MapNode)?.Find(property.Name)?.Value;
            at = node?.At ?? at;
            type = property.Type;
        }
        return (at, path);
    }

    // A default list is an array, which is equal to nothing but itself: binding what it is written as gives a value.
    internal static object AsBound(SpecType type, object fallback) =>
        type.IsScalar ? fallback : type.Bind(type.Write(fallback), "", new SpecErrors(SpecLimits.Default)) ?? fallback;

    private static JsonObject PropertySchema(SpecProperty property, SchemaDefinitions definitions)
    {
        JsonObject type = property.Type.Schema(definitions);
        JsonObject schema = property.Nullable
            ? new JsonObject { ["anyOf"] = new JsonArray(type, new JsonObject { ["type"] = "null" }) }
            : type;
        if (property.Description is not null)
            schema["description"] = schema["description"] is { } words ? $"{property.Description}\n{words}" : property.Description;
        if (!property.Required)
            schema["default"] = property.Default is { } value ? property.Type.Write(value).ToJson() : null;
        return schema;
    }
}
