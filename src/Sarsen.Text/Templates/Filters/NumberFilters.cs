using System.Globalization;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    public static object? Abs(Rendering r, object? value, Arguments a)
    {
        a.Bind(r);
        if (!Arithmetic.IsNumber(value))
            throw r.Fail($"abs needs a number, not {Value.TypeName(value)}");
        return Arithmetic.Sign(r, Arithmetic.Real(value) < 0, value);
    }

    /// <summary>The number towards zero, of a text by its digits; else the default.</summary>
    public static object? Int(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "default", "base");
        switch (value)
        {
            case long:
                return value;
            case bool flag:
                return flag ? 1L : 0L;
            case double d when Math.Abs(d) < 1L << 62:
                return (long)d;
            case string text when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long parsed):
                return parsed;
            case string text when TryReal(text, out double real) && Math.Abs(real) < 1L << 62:
                return (long)real;
            default:
                return bound.Any(0, 0L);
        }
    }

    public static object? Float(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "default");
        return Arithmetic.IsNumber(value) ? Arithmetic.Real(value)
            : value is string text && TryReal(text, out double parsed) ? parsed
            : bound.Any(0, 0.0);
    }

    public static object? Round(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "precision", "method");
        if (!Arithmetic.IsNumber(value))
            throw r.Fail($"round needs a number, not {Value.TypeName(value)}");
        double scale = Math.Pow(10, Math.Clamp(bound.Integer(0, 0), -300, 300)), number = Arithmetic.Real(value);
        return bound.Text(1, "common") switch
        {
            "common" when scale is >= 1 and <= 1e15 => Math.Round(number, (int)Math.Log10(scale), MidpointRounding.ToEven),
            "common" => Math.Round(number * scale) / scale,
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            var other => throw r.Fail($"round: the method '{other}' is not there; common, ceil and floor are"),
        };
    }

    private static bool TryReal(string text, out double value) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
