using System.Globalization;
using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>A finite number, f64 or f32.</summary>
internal sealed class NumberType(Type clr, Bounds bounds) : SpecType(clr)
{
    public override string Expected => $"a number{bounds}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Number } scalar)
            return Mismatch(node, path, errors, Unquote(node));
        double value = scalar.ToDouble();
        if (!double.IsFinite(value) || (Clr == typeof(float) && !float.IsFinite((float)value)))
            return Mismatch(node, path, errors, "it must be finite");
        if (!bounds.Contains(value))
            return Mismatch(node, path, errors);
        return Clr == typeof(float) ? (object)(float)value : value;
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "number" };
        bounds.AddTo(schema);
        return schema;
    }

    public override SpecNode Write(object value) =>
        new ScalarNode(SpecMark.None, ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));

    internal static string? Unquote(SpecNode node) =>
        node is ScalarNode { Quoted: true } quoted && ScalarNode.Resolve(quoted.Value) is ScalarKind.Integer or ScalarKind.Number
            ? "take the quotes away"
            : null;
}
