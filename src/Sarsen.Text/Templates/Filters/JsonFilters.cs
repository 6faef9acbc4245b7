using System.Text;
using System.Text.Json;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>JSON out and in. Unlike Jinja's own, and like Hugging Face's, <c>tojson</c> escapes neither HTML nor characters beyond ASCII.</summary>
internal static class JsonFilters
{
    public static object? ToJson(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "indent", "ensure_ascii", "separators", "sort_keys");
        string? indent = null;
        if (bound.Any(0, null) is not null)
        {
            long width = bound.Any(0) is string ? 0 : Math.Clamp(bound.Integer(0), 0, int.MaxValue);
            r.Charge(width);
            indent = bound.Any(0) as string ?? new string(' ', (int)width);
        }
        (string item, string key) = (indent is null ? ", " : ",", ": ");
        if (bound.Any(2, null) is { } separators)
        {
            if (separators is not ListValue { Items: [string first, string second] })
                throw r.Fail("tojson: separators must be two texts");
            (item, key) = (first, second);
        }
        var into = new StringBuilder();
        // Python refuses what is undefined; the engines that models are served by write null.
        JsonText.Write(r, into, value, new JsonFormat(indent, item, key, bound.Flag(1, false), bound.Flag(3, false), "null"));
        r.Charge(into.Length);
        return into.ToString();
    }

    public static object? FromJson(Rendering r, object? value, Arguments a)
    {
        a.Bind(r);
        if (value is not string text)
            throw r.Fail($"from_json needs a text, not {Value.TypeName(value)}");
        r.Charge(text.Length);
        try
        {
            using var json = JsonDocument.Parse(text);
            return JsonValue.From(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw r.Fail("from_json: the text is not JSON");
        }
    }
}
