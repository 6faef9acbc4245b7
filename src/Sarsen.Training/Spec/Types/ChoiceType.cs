using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>One alternative of a <see cref="ChoiceSet"/>: its bare word, or a map of that one word to its settings.</summary>
internal sealed class ChoiceType(ChoiceSet set) : SpecType(set.BaseType)
{
    /// <summary>The record of each alternative; filled once this type is registered, since layers may hold layers.</summary>
    public IReadOnlyDictionary<Choice, RecordType> Records { get; set; } = new Dictionary<Choice, RecordType>();

    public ChoiceSet Set => set;

    public override bool IsScalar => false;

    public override string Expected => $"{Article} {set.Name}, as a word or as 'word: {{settings}}'";

    private string Article => set.Name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        switch (node)
        {
            case ScalarNode { Kind: ScalarKind.Text } word:
                return Find(word.Value, word.At, path, errors) is { } bare ? BindBare(bare, word.At, word.Value, path, errors) : null;
            case MapNode { Entries: [var entry] }:
                return Find(entry.Key, entry.KeyAt, path, errors) is { } choice
                    ? BindSettings(choice, entry, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", errors)
                    : null;
            case MapNode { Entries: [var first, var second, ..] } when set.Find(first.Key) is not null:
                errors.Add(second.KeyAt, path, $"{Article} {set.Name} is one word with its settings below it; " + (set.Find(second.Key) is null
                    ? $"indent '{ScalarNode.Shorten(second.Key)}' further than '{first.Key}'"
                    : $"keep one of '{first.Key}' and '{second.Key}', or make a list of them with '- ' before each"));
                return null;
            default:
                return Mismatch(node, path, errors);
        }
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => definitions.Reference(this, () =>
    {
        var bare = new JsonArray();
        var settings = new JsonObject();
        foreach (Choice choice in set.Choices)
        {
            foreach (string word in choice.Aliases.Prepend(choice.Word))
            {
                if (!Records[choice].HasRequired)
                    bare.Add((JsonNode)word);
                settings[word] = SettingsSchema(choice, definitions);
            }
        }
        var forms = new JsonArray();
        if (bare.Count > 0)
            forms.Add((JsonNode)new JsonObject { ["enum"] = bare });
        forms.Add((JsonNode)new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["minProperties"] = 1,
            ["maxProperties"] = 1,
            ["properties"] = settings,
        });
        return new JsonObject { ["oneOf"] = forms };
    });

    public override SpecNode Write(object value)
    {
        Choice choice = set.ChoiceOf(value.GetType());
        var settings = (MapNode)Records[choice].Write(value);
        return settings.Entries.Count == 0
            ? YamlText.Text(choice.Word)
            : new MapNode(SpecMark.None, [new MapEntry(choice.Word, SpecMark.None, settings)]);
    }

    private Choice? Find(string word, SpecMark at, string path, SpecErrors errors)
    {
        if (set.Find(word) is { } choice)
            return choice;
        string known = set.Choices.Count == 0 ? "there is none to choose" : $"there are {string.Join(", ", set.Choices.Select(c => c.Word))}";
        errors.Add(at, path, $"unknown {set.Name} '{ScalarNode.Shorten(word)}'; {known}", Suggestion.Nearest(word, set.Words));
        return null;
    }

    private object? BindBare(Choice choice, SpecMark at, string word, string path, SpecErrors errors) =>
        choice.Preset is { } preset
            ? preset()
            : Records[choice].Bind(new MapNode(at, []), path.Length == 0 ? word : $"{path}.{word}", errors);

    private object? BindSettings(Choice choice, MapEntry entry, string path, SpecErrors errors)
    {
        if (entry.Value is ScalarNode { Kind: ScalarKind.Null })
            return BindBare(choice, entry.KeyAt, entry.Key, path[..^entry.Key.Length].TrimEnd('.'), errors);
        if (choice.Preset is not null)
        {
            errors.Add(entry.Value.At, path, $"'{entry.Key}' takes no settings, found {entry.Value.Found}");
            return null;
        }
        RecordType record = Records[choice];
        if (entry.Value is MapNode || Shorthand(record) is not { } property)
            return record.Bind(entry.Value, path, errors);
        var named = new MapEntry(property.Name, entry.Value.At, entry.Value);
        return record.Bind(new MapNode(entry.KeyAt, [named]), path, errors);
    }

    private JsonObject SettingsSchema(Choice choice, SchemaDefinitions definitions)
    {
        RecordType record = Records[choice];
        var forms = new JsonArray();
        if (choice.Preset is null)
            forms.Add((JsonNode)record.Schema(definitions));
        if (choice.Preset is null && Shorthand(record) is { } property && record.Properties.All(p => p == property || !p.Required))
            forms.Add((JsonNode)property.Type.Schema(definitions));
        if (!record.HasRequired)
            forms.Add((JsonNode)new JsonObject { ["type"] = "null" });
        return new JsonObject { ["anyOf"] = forms };
    }

    private static SpecProperty? Shorthand(RecordType record) =>
        ChoiceSet.Shorthand(record.Clr) is { } name ? record.Properties.First(p => p.ClrName == name) : null;
}
