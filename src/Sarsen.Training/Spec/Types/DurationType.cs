using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>A <see cref="TimeSpan"/> of zero or more: see <see cref="Duration"/>.</summary>
internal sealed class DurationType() : SpecType(typeof(TimeSpan))
{
    public override string Expected => "a length of time such as 90s or 1h30m";

    public override object? Bind(SpecNode node, string path, SpecErrors errors) =>
        node is ScalarNode { Kind: ScalarKind.Text } text && Duration.TryParse(text.Value, out TimeSpan value)
            ? value
            : Mismatch(node, path, errors, node is ScalarNode { Kind: ScalarKind.Integer } ? "a unit is missing: d, h, m, s or ms" : null);

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = "string", ["minLength"] = 1, ["pattern"] = Duration.Pattern };

    public override SpecNode Write(object value) => new ScalarNode(SpecMark.None, Duration.Write((TimeSpan)value));
}
