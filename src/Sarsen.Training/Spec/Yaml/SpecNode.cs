using System.Text.Json.Nodes;

namespace Sarsen.Training.Spec.Yaml;

/// <summary>Where something stands in a spec's text; line and column count from 1.</summary>
internal readonly record struct SpecMark(SpecText Text, int Line, int Column, int Length = 1)
{
    /// <summary>For nodes that a program made and no text holds.</summary>
    public static SpecMark None { get; } = new(new SpecText("spec", ""), 1, 1);
}

/// <summary>A node of the tree that YAML is read into: immutable, with its place, so that aliases may share nodes.</summary>
internal abstract class SpecNode(SpecMark at, int size)
{
    public SpecMark At { get; } = at;

    /// <summary>Nodes in this tree, every alias counted as a copy.</summary>
    public int Size { get; } = size;

    /// <summary>How a message names it: «the number 3», «a list of 2».</summary>
    public abstract string Found { get; }

    public abstract JsonNode? ToJson();
}

/// <summary>A list.</summary>
internal sealed class ListNode(SpecMark at, IReadOnlyList<SpecNode> items) : SpecNode(at, 1 + items.Sum(i => i.Size))
{
    public IReadOnlyList<SpecNode> Items { get; } = items;

    public override string Found => Items.Count == 0 ? "an empty list" : $"a list of {Items.Count}";

    public override JsonNode ToJson() => new JsonArray([.. Items.Select(i => i.ToJson())]);
}

/// <param name="Key">The key's text.</param>
/// <param name="KeyAt">Where the key stands.</param>
/// <param name="Value">What it holds.</param>
internal sealed record MapEntry(string Key, SpecMark KeyAt, SpecNode Value);

/// <summary>A map with text keys, each once, in the order of the text.</summary>
internal sealed class MapNode(SpecMark at, IReadOnlyList<MapEntry> entries) : SpecNode(at, 1 + entries.Sum(e => e.Value.Size))
{
    public IReadOnlyList<MapEntry> Entries { get; } = entries;

    public override string Found => Entries.Count == 0
        ? "an empty map"
        : $"a map with {string.Join(", ", Entries.Take(3).Select(e => $"'{ScalarNode.Shorten(e.Key)}'"))}{(Entries.Count > 3 ? ", …" : "")}";

    public MapEntry? Find(string key) => Entries.FirstOrDefault(e => e.Key == key);

    public override JsonNode ToJson() => new JsonObject(Entries.Select(e => KeyValuePair.Create(e.Key, e.Value.ToJson())));
}
