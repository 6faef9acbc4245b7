using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class BooleanType() : SpecType(typeof(bool))
{
    public override string Expected => "true or false";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is ScalarNode { Kind: ScalarKind.Boolean } truth)
            return truth.Value[0] is 't' or 'T';
        string? meant = (node as ScalarNode)?.Value.ToLowerInvariant() switch
        {
            "yes" or "on" or "y" or "1" or "true" => "true",
            "no" or "off" or "n" or "0" or "false" => "false",
            _ => null,
        };
        return Mismatch(node, path, errors, suggestion: meant);
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "boolean" };

    public override SpecNode Write(object value) => new ScalarNode(SpecMark.None, (bool)value ? "true" : "false");
}
