using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sarsen.Training.Spec.Yaml;

internal enum ScalarKind
{
    Null,
    Boolean,
    Integer,
    Number,
    Text,
}

/// <summary>
/// A single value. An unquoted one is resolved by the core schema of YAML 1.2 (YAML 1.2.2, section 10.3.2), so
/// <c>1e-3</c> is a number and <c>no</c> is text; a quoted one is text.
/// </summary>
internal sealed partial class ScalarNode(SpecMark at, string value, bool quoted = false) : SpecNode(at, 1)
{
    public string Value { get; } = value;

    public bool Quoted { get; } = quoted;

    public ScalarKind Kind { get; } = quoted ? ScalarKind.Text : Resolve(value);

    public override string Found => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Boolean => $"the truth value {Value}",
        ScalarKind.Integer or ScalarKind.Number => $"the number {Shorten(Value)}",
        _ => $"the text '{Shorten(Value)}'",
    };

    /// <summary>The value as f64; infinities and NaN as YAML spells them.</summary>
    public double ToDouble() => Value.TrimStart('+', '-').ToLowerInvariant() switch
    {
        ".inf" => Value[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        ".nan" => double.NaN,
        ['0', 'x' or 'o', ..] => (double)(ToInteger() ?? Int128.MaxValue),
        _ => double.Parse(Value, CultureInfo.InvariantCulture),
    };

    /// <summary>The value when it is whole and within ±2⁶⁴ (<c>3</c>, <c>0x10</c>, <c>3.0</c>, <c>1e3</c>), else null.</summary>
    public Int128? ToInteger()
    {
        if (Kind == ScalarKind.Number)
        {
            return double.IsInteger(ToDouble()) && decimal.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal d)
                && d == decimal.Truncate(d) && Math.Abs(d) <= ulong.MaxValue ? (Int128)d : null;
        }
        if (Kind != ScalarKind.Integer)
            return null;
        int radix = Value is ['0', 'x', ..] ? 16 : Value is ['0', 'o', ..] ? 8 : 10;
        bool negative = Value[0] == '-';
        Int128 sum = 0;
        foreach (char c in radix == 10 ? Value.AsSpan().TrimStart("+-") : Value.AsSpan(2))
        {
            sum = sum * radix + Convert.ToInt32(c.ToString(), 16);
            if (sum > ulong.MaxValue)
                return null;
        }
        return negative ? -sum : sum;
    }

    public override JsonNode? ToJson() => Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Boolean => JsonValue.Create(Value[0] is 't' or 'T'),
        ScalarKind.Integer when ToInteger() is { } i => i < 0 && i >= long.MinValue ? JsonValue.Create((long)i)
            : i >= 0 ? JsonValue.Create((ulong)i) : JsonValue.Create((double)i),
        ScalarKind.Integer or ScalarKind.Number => double.IsFinite(ToDouble()) ? JsonValue.Create(ToDouble()) : JsonValue.Create(Value),
        _ => JsonValue.Create(Value),
    };

    internal static ScalarKind Resolve(string plain)
    {
        switch (plain)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarKind.Null;
            case "true" or "True" or "TRUE" or "false" or "False" or "FALSE":
                return ScalarKind.Boolean;
        }
        if (IntegerForm().IsMatch(plain))
            return ScalarKind.Integer;
        return NumberForm().IsMatch(plain) ? ScalarKind.Number : ScalarKind.Text;
    }

    internal static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "…");

    [GeneratedRegex(@"\A(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex IntegerForm();

    [GeneratedRegex(@"\A(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberForm();
}
