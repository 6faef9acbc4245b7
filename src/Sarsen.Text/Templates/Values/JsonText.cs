using System.Globalization;
using System.Text;

namespace Sarsen.Text.Templates.Values;

/// <param name="Indent">What a level is indented by; null writes one line.</param>
/// <param name="ItemSeparator">Between items.</param>
/// <param name="KeySeparator">Between key and value.</param>
/// <param name="EnsureAscii">Whether characters beyond ASCII become escapes.</param>
/// <param name="SortKeys">Whether keys are sorted by code units.</param>
/// <param name="Nothing">What an undefined value becomes.</param>
internal sealed record JsonFormat(string? Indent, string ItemSeparator, string KeySeparator, bool EnsureAscii, bool SortKeys, string Nothing)
{
    /// <summary>Python's separators, on one line.</summary>
    public static JsonFormat Plain { get; } = new(null, ", ", ": ", false, false, "undefined");
}

/// <summary>A value as JSON, byte for byte as Python's <c>json.dumps</c> writes it.</summary>
internal static class JsonText
{
    public static void Write(Rendering rendering, StringBuilder into, object? value, JsonFormat format, int depth = 0)
    {
        rendering.CheckDepth(depth);
        switch (value)
        {
            case null:
                into.Append("null");
                break;
            case Undefined:
                into.Append(format.Nothing);
                break;
            case bool b:
                into.Append(b ? "true" : "false");
                break;
            case long n:
                into.Append(CultureInfo.InvariantCulture, $"{n}");
                break;
            case double d:
                into.Append(double.IsFinite(d) ? ValueText.Of(d) : double.IsNaN(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
                break;
            case string text:
                WriteText(rendering, into, text, format.EnsureAscii);
                break;
            case ListValue list:
                into.Append('[');
                for (int i = 0; i < list.Items.Count; i++)
                {
                    Separate(rendering, into, format, i == 0, depth + 1);
                    Write(rendering, into, list.Items[i], format, depth + 1);
                }
                Close(rendering, into, format, list.Items.Count, depth, ']');
                break;
            case DictValue dict:
                into.Append('{');
                bool first = true;
                foreach ((object key, object? item) in format.SortKeys ? dict.Items.OrderBy(p => KeyText(p.Key), StringComparer.Ordinal) : dict.Items.AsEnumerable())
                {
                    Separate(rendering, into, format, first, depth + 1);
                    first = false;
                    WriteText(rendering, into, KeyText(key), format.EnsureAscii);
                    into.Append(format.KeySeparator);
                    Write(rendering, into, item, format, depth + 1);
                }
                Close(rendering, into, format, dict.Items.Count, depth, '}');
                break;
            default:
                throw rendering.Fail($"{Value.TypeName(value)} cannot be written as JSON");
        }
    }

    // Python writes True as the key "true", and other values that are no texts by their text.
    private static string KeyText(object key) => key switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double real => ValueText.Of(real),
        _ => string.Create(CultureInfo.InvariantCulture, $"{key}"),
    };

    private static void Separate(Rendering rendering, StringBuilder into, JsonFormat format, bool first, int depth)
    {
        if (!first)
            into.Append(format.ItemSeparator);
        rendering.Charge(format.ItemSeparator.Length + format.KeySeparator.Length);
        NewLine(rendering, into, format, depth);
    }

    private static void Close(Rendering rendering, StringBuilder into, JsonFormat format, int count, int depth, char bracket)
    {
        if (count > 0)
            NewLine(rendering, into, format, depth);
        into.Append(bracket);
    }

    private static void NewLine(Rendering rendering, StringBuilder into, JsonFormat format, int depth)
    {
        if (format.Indent is not { } indent)
            return;
        rendering.Charge((long)depth * indent.Length);
        into.Append('\n').Insert(into.Length, indent, depth);
    }

    private static void WriteText(Rendering rendering, StringBuilder into, string text, bool ascii)
    {
        rendering.Charge(text.Length);
        into.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => into.Append("\\\""),
                '\\' => into.Append(@"\\"),
                '\n' => into.Append(@"\n"),
                '\r' => into.Append(@"\r"),
                '\t' => into.Append(@"\t"),
                '\b' => into.Append(@"\b"),
                '\f' => into.Append(@"\f"),
                _ when c < ' ' || (ascii && c > '~') => into.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => into.Append(c),
            };
        }
        into.Append('"');
    }
}
