using System.Globalization;
using System.Text.Json.Nodes;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec.Types;

/// <summary>A whole number of one of C#'s integer types, within its range and the declared one.</summary>
internal sealed class IntegerType(Type clr, Bounds bounds) : SpecType(clr)
{
    private readonly (Int128 Low, Int128 High) _range = Type.GetTypeCode(clr) switch
    {
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => (long.MinValue, long.MaxValue),
        _ => (ulong.MinValue, ulong.MaxValue),
    };

    public static bool Fits(Type clr) =>
        Type.GetTypeCode(clr) is TypeCode.Byte or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64;

    public override string Expected => $"a whole number{bounds}";

    public override object? Bind(SpecNode node, string path, SpecErrors errors)
    {
        if (node is not ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Number } scalar)
            return Mismatch(node, path, errors, NumberType.Unquote(node));
        if (scalar.ToInteger() is not { } value)
            return Mismatch(node, path, errors);
        if (value < _range.Low || value > _range.High)
            return Mismatch(node, path, errors, $"it must lie within {_range.Low} and {_range.High}");
        if (!bounds.Contains((double)value))
            return Mismatch(node, path, errors);
        return Type.GetTypeCode(Clr) switch
        {
            TypeCode.Byte => (byte)value,
            TypeCode.Int32 => (int)value,
            TypeCode.UInt32 => (uint)value,
            TypeCode.Int64 => (long)value,
            _ => (object)(ulong)value,
        };
    }

    public override JsonObject Schema(SchemaDefinitions definitions)
    {
        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = (long)_range.Low, ["maximum"] = (ulong)_range.High };
        bounds.AddTo(schema);
        return schema;
    }

    public override SpecNode Write(object value) =>
        new ScalarNode(SpecMark.None, ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
}
