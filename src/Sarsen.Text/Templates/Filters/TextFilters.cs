using System.Text;
using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters that give texts. A value that is none becomes its text first, as in Jinja.</summary>
internal static class TextFilters
{
    public static object? Capitalize(Rendering r, object? value, Arguments a) => TextMethods.Capitalize(Plain(r, value, a));

    public static object? Lower(Rendering r, object? value, Arguments a) => Plain(r, value, a).ToLowerInvariant();

    public static object? Upper(Rendering r, object? value, Arguments a) => Plain(r, value, a).ToUpperInvariant();

    public static object? Title(Rendering r, object? value, Arguments a) => TextMethods.Title(Plain(r, value, a));

    public static object? String(Rendering r, object? value, Arguments a) => Plain(r, value, a);

    /// <summary>Nothing is escaped, so everything is safe.</summary>
    public static object? Safe(Rendering r, object? value, Arguments a) => Plain(r, value, a);

    public static object? Trim(Rendering r, object? value, Arguments a) => TextMethods.Strip(r, ValueText.Of(r, value), a, true, true);

    public static object? Escape(Rendering r, object? value, Arguments a)
    {
        string text = Plain(r, value, a);
        r.Charge(6L * text.Length);
        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }

    public static object? Join(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "d", "attribute");
        if (bound.Has(1))
            value = new ListValue([.. Iteration.Of(r, value).Select(i => Members.Path(r, i, bound.Any(1)))]);
        return TextMethods.Join(r, bound.Text(0, ""), value);
    }

    public static object? Replace(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "old", "new", "count");
        return TextMethods.Replace(r, ValueText.Of(r, value), bound.Text(0), bound.Text(1), bound.Any(2, null) is null ? -1 : bound.Integer(2));
    }

    /// <summary>Each line but the first, and but those that are empty, is indented; <c>first</c> and <c>blank</c> add those.</summary>
    public static object? Indent(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "width", "first", "blank");
        long width = bound.Any(0, null) is string ? 0 : Math.Clamp(bound.Integer(0, 4), 0, int.MaxValue);
        r.Charge(width);
        string indent = bound.Any(0, null) as string ?? new string(' ', (int)width);
        bool first = bound.Flag(1, false), blank = bound.Flag(2, false);
        var indented = new StringBuilder();
        string[] lines = ValueText.Of(r, value).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            bool takes = i == 0 ? first : blank || lines[i].Length > 0;
            r.Charge(lines[i].Length + (takes ? indent.Length : 0) + 1L);
            indented.Append(i == 0 ? "" : "\n").Append(takes ? indent : "").Append(lines[i]);
        }
        return indented.ToString();
    }

    public static object? WordCount(Rendering r, object? value, Arguments a)
    {
        string text = Plain(r, value, a);
        long words = 0;
        for (int i = 0; i < text.Length; i++)
            words += !TextMethods.IsSpace(text[i]) && (i == 0 || TextMethods.IsSpace(text[i - 1])) ? 1 : 0;
        return words;
    }

    private static string Plain(Rendering r, object? value, Arguments a)
    {
        a.Bind(r);
        string text = ValueText.Of(r, value);
        r.Charge(text.Length);
        return text;
    }
}
