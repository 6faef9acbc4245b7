using System.Globalization;
using System.Text;

namespace Sarsen.Text.Templates.Values;

/// <summary>A value as text, in the form that <see cref="TextForm"/> says.</summary>
internal static class ValueText
{
    /// <summary>What <c>{{ value }}</c> writes.</summary>
    public static string Printed(Rendering rendering, object? value) =>
        value is null && rendering.Options.TextForm == TextForm.Json ? "" : Of(rendering, value);

    /// <summary>What <c>value | string</c> gives.</summary>
    public static string Of(Rendering rendering, object? value)
    {
        switch (value)
        {
            case string text:
                return text;
            case Undefined:
                return "";
        }
        var into = new StringBuilder();
        if (rendering.Options.TextForm == TextForm.Json)
            JsonText.Write(rendering, into, value, JsonFormat.Plain);
        else
            WritePython(rendering, into, value, 0);
        rendering.Charge(into.Length);
        return into.ToString();
    }

    /// <summary>The shortest digits that give the number back, with an exponent below 1e-4 and from 1e16 on, as Python's repr.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        string digits = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        int power = int.Parse(digits.AsSpan(digits.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = shortest.StartsWith('-') ? "-" : "";
        int end = shortest.IndexOf('E');
        string mantissa = (end < 0 ? shortest : shortest[..end]).TrimStart('-').Replace(".", "", StringComparison.Ordinal).Trim('0');
        if (mantissa.Length == 0)
            return sign + "0.0";
        // The shortest digits may round up to the next power of ten, which then decides.
        if (mantissa == "1" && Math.Abs(value) >= Math.Pow(10, power + 1))
            power++;
        if (power is < -4 or >= 16)
            return FormattableString.Invariant($"{sign}{mantissa[0]}{(mantissa.Length > 1 ? "." + mantissa[1..] : "")}e{(power < 0 ? '-' : '+')}{Math.Abs(power):00}");
        if (power < 0)
            return sign + "0." + new string('0', -power - 1) + mantissa;
        return mantissa.Length <= power + 1
            ? sign + mantissa.PadRight(power + 1, '0') + ".0"
            : sign + mantissa[..(power + 1)] + "." + mantissa[(power + 1)..];
    }

    private static void WritePython(Rendering rendering, StringBuilder into, object? value, int depth)
    {
        rendering.CheckDepth(depth);
        switch (value)
        {
            case null:
                into.Append("None");
                break;
            case Undefined:
                into.Append("Undefined");
                break;
            case bool b:
                into.Append(b ? "True" : "False");
                break;
            case long n:
                into.Append(CultureInfo.InvariantCulture, $"{n}");
                break;
            case double d:
                into.Append(Of(d));
                break;
            case string text:
                rendering.Charge(text.Length);
                Quote(into, text);
                break;
            case ListValue list:
                into.Append(list.IsTuple ? '(' : '[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    into.Append(i == 0 ? "" : ", ");
                    WritePython(rendering, into, list.Items[i], depth + 1);
                }
                into.Append(list.IsTuple ? list.Items.Count == 1 ? ",)" : ")" : "]");
                break;
            case DictValue dict:
                into.Append('{');
                string separator = "";
                foreach ((object key, object? item) in dict.Items)
                {
                    into.Append(separator);
                    WritePython(rendering, into, key, depth + 1);
                    into.Append(": ");
                    WritePython(rendering, into, item, depth + 1);
                    separator = ", ";
                }
                into.Append('}');
                break;
            default:
                into.Append('<').Append(Value.TypeName(value)).Append('>');
                break;
        }
    }

    private static void Quote(StringBuilder into, string text)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        into.Append(quote);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => into.Append(@"\\"),
                '\n' => into.Append(@"\n"),
                '\r' => into.Append(@"\r"),
                '\t' => into.Append(@"\t"),
                < ' ' or '\x7f' => into.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ when c == quote => into.Append('\\').Append(c),
                _ => into.Append(c),
            };
        }
        into.Append(quote);
    }
}
