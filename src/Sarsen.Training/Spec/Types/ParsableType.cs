using System.Globalization;
using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>
/// A single value with a form of its own: any <see cref="IParsable{TSelf}"/>, such as a padding that is <c>same</c> or
/// a number. It is written with ToString; its FormatException is the message.
/// </summary>
internal sealed class ParsableType<T>() : SpecType(typeof(T)) where T : IParsable<T>
{
    public override string Expected => $"a value of the form {SnakeCase.Of(typeof(T).Name)}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not ScalarNode { Kind: not ScalarKind.Null } scalar)
            return Mismatch(node, path, errors);
        try
        {
            return T.Parse(scalar.Value, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            errors.Add(node.At, path, $"{e.Message.TrimEnd('.')}, found {node.Found}");
            return null;
        }
    }

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        new() { ["type"] = new JsonArray("string", "number", "boolean") };

    public override SpecNode Write(object value)
    {
        string text = ((T)value).ToString() ?? "";
        return new ScalarNode(SpecMark.None, text, quoted: ScalarNode.Resolve(text) == ScalarKind.Text);
    }
}
