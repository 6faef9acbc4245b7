using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>A list. Where the items are single values, one value alone is a list of one.</summary>
internal sealed class ListType<T>(SpecType item, int minimum, int maximum) : SpecType(typeof(IReadOnlyList<T>))
{
    public override bool IsScalar => false;

    private string Size => (minimum, maximum) switch
    {
        (0, int.MaxValue) => "",
        (_, int.MaxValue) => $" of at least {minimum}",
        _ when minimum == maximum => $" of {minimum}",
        _ => $" of {minimum} to {maximum}",
    };

    public override string Expected => $"a list{Size}, each {item.Expected}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        IReadOnlyList<SpecNode>? nodes = node switch
        {
            ListNode list => list.Items,
            ScalarNode { Kind: not ScalarKind.Null } when item.IsScalar => [node],
            _ => null,
        };
        if (nodes is null)
            return Mismatch(node, path, errors, Cure(node));
        if (nodes.Count < minimum || nodes.Count > maximum)
        {
            errors.Add(node.At, path, $"expected a list{Size}, found {node.Found}");
            return null;
        }
        var items = new List<T>(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            if (item.Bind(nodes[i], node is ListNode ? $"{path}[{i}]" : path, errors) is T value)
                items.Add(value);
        }
        return items.Count == nodes.Count ? new ValueList<T>(items) : null;
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(definitions) };
        if (minimum > 0)
            list["minItems"] = minimum;
        if (maximum < int.MaxValue)
            list["maxItems"] = maximum;
        return item.IsScalar && minimum <= 1
            ? new JsonObject { ["anyOf"] = new JsonArray(list, item.Schema(definitions)) }
            : list;
    }

    public override SpecNode Write(object value) =>
        new ListNode(SpecMark.None, [.. ((IReadOnlyList<T>)value).Select(i => item.Write(i!))]);

    private static string? Cure(SpecNode node) => node switch
    {
        ScalarNode { Kind: not ScalarKind.Null } scalar => $"put brackets around it: [{ScalarNode.Shorten(scalar.Value)}]",
        MapNode => "begin each item with '- '",
        _ => null,
    };
}
