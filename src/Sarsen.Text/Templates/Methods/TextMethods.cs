using System.Collections.Frozen;
using System.Text;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Methods;

/// <summary>Methods of texts, by Python's names and rules.</summary>
internal static class TextMethods
{
    public static FrozenDictionary<string, Method> All { get; } = new Dictionary<string, Method>
    {
        ["capitalize"] = (r, t, a) => Charged(r, Capitalize((string)t)),
        ["count"] = (r, t, a) => Count(r, (string)t, a.Bind(r, "part").Text(0)),
        ["endswith"] = (r, t, a) => Affix(r, a, s => ((string)t).EndsWith(s, StringComparison.Ordinal)),
        ["find"] = (r, t, a) => Place((string)t, ((string)t).IndexOf(a.Bind(r, "part").Text(0), StringComparison.Ordinal)),
        ["isalnum"] = (r, t, a) => Every((string)t, Rune.IsLetterOrDigit),
        ["isalpha"] = (r, t, a) => Every((string)t, Rune.IsLetter),
        ["isdigit"] = (r, t, a) => Every((string)t, Rune.IsDigit),
        ["isnumeric"] = (r, t, a) => Every((string)t, Rune.IsNumber),
        ["islower"] = (r, t, a) => IsLower((string)t),
        ["isspace"] = (r, t, a) => Every((string)t, Rune.IsWhiteSpace),
        ["isupper"] = (r, t, a) => IsUpper((string)t),
        ["join"] = (r, t, a) => Join(r, (string)t, a.Bind(r, "items").Any(0)),
        ["lower"] = (r, t, a) => Charged(r, ((string)t).ToLowerInvariant()),
        ["lstrip"] = (r, t, a) => Strip(r, (string)t, a, true, false),
        ["partition"] = (r, t, a) => Partition(r, (string)t, a.Bind(r, "separator").Text(0)),
        ["removeprefix"] = (r, t, a) => a.Bind(r, "prefix").Text(0) is var p && ((string)t).StartsWith(p, StringComparison.Ordinal) ? ((string)t)[p.Length..] : t,
        ["removesuffix"] = (r, t, a) => a.Bind(r, "suffix").Text(0) is var s && ((string)t).EndsWith(s, StringComparison.Ordinal) ? ((string)t)[..^s.Length] : t,
        ["replace"] = (r, t, a) => a.Bind(r, "old", "new", "count") is var b ? Replace(r, (string)t, b.Text(0), b.Text(1), b.Integer(2, -1)) : null,
        ["rfind"] = (r, t, a) => Place((string)t, ((string)t).LastIndexOf(a.Bind(r, "part").Text(0), StringComparison.Ordinal)),
        ["rsplit"] = (r, t, a) => Split(r, (string)t, a, fromRight: true),
        ["rstrip"] = (r, t, a) => Strip(r, (string)t, a, false, true),
        ["split"] = (r, t, a) => Split(r, (string)t, a, fromRight: false),
        ["splitlines"] = (r, t, a) => Lines(r, (string)t),
        ["startswith"] = (r, t, a) => Affix(r, a, s => ((string)t).StartsWith(s, StringComparison.Ordinal)),
        ["strip"] = (r, t, a) => Strip(r, (string)t, a, true, true),
        ["title"] = (r, t, a) => Charged(r, Title((string)t)),
        ["upper"] = (r, t, a) => Charged(r, ((string)t).ToUpperInvariant()),
    }.ToFrozenDictionary();

    /// <summary>White space as Python's str.isspace has it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    public static bool IsLower(string text) => text.Any(char.IsLower) && !text.Any(char.IsUpper);

    public static bool IsUpper(string text) => text.Any(char.IsUpper) && !text.Any(char.IsLower);

    public static string Capitalize(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }
        return title.ToString();
    }

    /// <param name="rendering">What it is charged to.</param>
    /// <param name="text">The text.</param>
    /// <param name="old">What is replaced; an empty text stands before each character and at the end.</param>
    /// <param name="by">What takes its place.</param>
    /// <param name="count">How many at most, from the left; below 0 all.</param>
    public static string Replace(Rendering rendering, string text, string old, string by, long count)
    {
        var replaced = new StringBuilder();
        int at = 0;
        for (long done = 0; count < 0 || done < count; done++)
        {
            int next = old.Length > 0 ? text.IndexOf(old, at, StringComparison.Ordinal) : done == 0 ? 0 : at + 1;
            if (next < 0 || next > text.Length)
                break;
            rendering.Charge(next - at + (long)by.Length + 1);
            replaced.Append(text, at, next - at).Append(by);
            at = next + old.Length;
        }
        rendering.Charge(text.Length - at);
        return replaced.Append(text, at, text.Length - at).ToString();
    }

    public static string Strip(Rendering rendering, string text, Arguments arguments, bool left, bool right)
    {
        Bound bound = arguments.Bind(rendering, "chars");
        string? set = bound.Any(0, null) is null ? null : bound.Text(0);
        int first = 0, last = text.Length;
        while (left && first < last && Goes(text[first]))
            first++;
        while (right && last > first && Goes(text[last - 1]))
            last--;
        return Charged(rendering, text[first..last]);

        bool Goes(char c) => set?.Contains(c, StringComparison.Ordinal) ?? IsSpace(c);
    }

    public static string Join(Rendering rendering, string separator, object? items)
    {
        var joined = new StringBuilder();
        bool first = true;
        foreach (object? item in Iteration.Of(rendering, items))
        {
            string text = ValueText.Of(rendering, item);
            rendering.Charge((long)separator.Length + text.Length);
            joined.Append(first ? "" : separator).Append(text);
            first = false;
        }
        return joined.ToString();
    }

    private static string Charged(Rendering rendering, string text)
    {
        rendering.Charge(text.Length);
        return text;
    }

    private static object Count(Rendering rendering, string text, string part)
    {
        rendering.Charge(text.Length);
        return part.Length == 0 ? Iteration.Scalars(text) + 1L : text.AsSpan().Count(part);
    }

    private static bool Affix(Rendering rendering, Arguments arguments, Func<string, bool> matches)
    {
        Bound bound = arguments.Bind(rendering, "affix");
        return bound.Any(0) is ListValue { IsTuple: true } several ? several.Items.OfType<string>().Any(matches) : matches(bound.Text(0));
    }

    // Python counts scalars.
    private static object Place(string text, int at) => at <= 0 ? (long)at : Iteration.Scalars(text[..at]);

    private static object Every(string text, Func<Rune, bool> holds)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!holds(rune))
                return false;
        }
        return text.Length > 0;
    }

    private static ListValue Partition(Rendering rendering, string text, string separator)
    {
        if (separator.Length == 0)
            throw rendering.Fail("partition: the separator must not be empty");
        rendering.Charge(text.Length);
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0
            ? new ListValue([text, "", ""], isTuple: true)
            : new ListValue([text[..at], separator, text[(at + separator.Length)..]], isTuple: true);
    }

    private static ListValue Lines(Rendering rendering, string text)
    {
        rendering.Charge(text.Length * 2L);
        string[] lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n', '\r');
        return new ListValue(lines[^1].Length == 0 ? lines[..^1] : lines);
    }

    private static ListValue Split(Rendering rendering, string text, Arguments arguments, bool fromRight)
    {
        Bound bound = arguments.Bind(rendering, "sep", "maxsplit");
        string? separator = bound.Any(0, null) is null ? null : bound.Text(0);
        long most = bound.Integer(1, -1);
        if (separator?.Length == 0)
            throw rendering.Fail("split: the separator must not be empty");
        rendering.Charge(text.Length * 2L);
        var cuts = new List<(int Begin, int End)>();
        if (separator is null)
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (!IsSpace(text[i]))
                    continue;
                int end = i;
                while (end < text.Length && IsSpace(text[end]))
                    end++;
                // White space at the ends separates nothing.
                if (i > 0 && end < text.Length)
                    cuts.Add((i, end));
                i = end;
            }
        }
        else
        {
            for (int i = 0; (i = text.IndexOf(separator, i, StringComparison.Ordinal)) >= 0; i += separator.Length)
                cuts.Add((i, i + separator.Length));
        }
        if (most >= 0 && cuts.Count > most)
            cuts = fromRight ? cuts[^(int)most..] : cuts[..(int)most];
        return Pieces(text, cuts, separator is null, most >= 0);
    }

    private static ListValue Pieces(string text, List<(int Begin, int End)> cuts, bool bySpace, bool limited)
    {
        var pieces = new ListValue(cuts.Count + 1);
        int at = 0;
        foreach ((int begin, int end) in cuts)
        {
            pieces.Items.Add(text[at..begin]);
            at = end;
        }
        pieces.Items.Add(text[at..]);
        if (!bySpace)
            return pieces;
        pieces.Items[0] = TrimLeft((string)pieces.Items[0]!);
        // With a limit the rest keeps the white space at its end.
        if (!limited)
            pieces.Items[^1] = TrimRight((string)pieces.Items[^1]!);
        if (pieces.Items.Count == 1 && ((string)pieces.Items[0]!).Length == 0)
            pieces.Items.Clear();
        return pieces;
    }

    private static string TrimLeft(string text)
    {
        int first = 0;
        while (first < text.Length && IsSpace(text[first]))
            first++;
        return text[first..];
    }

    private static string TrimRight(string text)
    {
        int last = text.Length;
        while (last > 0 && IsSpace(text[last - 1]))
            last--;
        return text[..last];
    }
}
