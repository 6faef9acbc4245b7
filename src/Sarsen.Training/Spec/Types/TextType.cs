using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>
/// Text; or, marked <c>[DataType("path")]</c>, a path: a relative one is taken from the folder of the spec it stands
/// in, and an address such as <c>s3://…</c> stays as it is.
/// </summary>
internal sealed class TextType(bool isPath) : SpecType(typeof(string))
{
    public override string Expected => isPath ? "a path" : "text";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not ScalarNode { Kind: ScalarKind.Text } text)
        {
            string? cure = node is ScalarNode { Kind: not ScalarKind.Null } scalar ? $"put quotes around it: \"{ScalarNode.Shorten(scalar.Value)}\"" : null;
            return Mismatch(node, path, errors, cure);
        }
        return isPath ? Resolve(text.Value, text.At.Text.Folder) : text.Value;
    }

    public override JsonObject Schema(SchemaDefinitions definitions) => new() { ["type"] = "string" };

    public override SpecNode Write(object value) => YamlText.Text((string)value);

    private static string Resolve(string value, string? folder) =>
        folder is null || value.Length == 0 || value.Contains("://", StringComparison.Ordinal) ? value : Path.Combine(folder, value);
}
