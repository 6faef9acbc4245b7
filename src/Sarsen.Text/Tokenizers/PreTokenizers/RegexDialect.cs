using System.Text;

namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Puts what other regular expressions have and the runtime's have not in its own words: a possessive quantifier
/// (<c>a++</c>) becomes an atomic group (<c>(?>a+)</c>), though behind braces a plus repeats what is before it (<c>(?:a{2})+</c>), as in
/// Oniguruma, which these files are written for; <c>\p{Han}</c> and the like the blocks of that script, and an
/// escape that the runtime takes for another (<c>\h</c>) what it means.
/// </summary>
internal static class RegexDialect
{
    private static readonly (string Name, string Ranges)[] Scripts =
    [
        ("Han", @"\u2E80-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAD9"),
        ("Hiragana", @"\u3041-\u3096\u309D-\u309F"),
        ("Katakana", @"\u30A1-\u30FA\u30FD-\u30FF\u31F0-\u31FF\uFF66-\uFF6F\uFF71-\uFF9D"),
        ("Hangul", @"\u1100-\u11FF\u3131-\u318E\uA960-\uA97C\uAC00-\uD7A3\uD7B0-\uD7FB"),
    ];

    public static string Translate(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        var groups = new Stack<int>();
        (int atom, bool inClass) = (0, false);
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                atom = inClass ? atom : text.Length;
                i += Escape(pattern, i, inClass, text) - 1;
            }
            else if (inClass)
            {
                inClass = c != ']';
                text.Append(c);
            }
            else if (Quantifier(pattern, i) is int length and > 0)
            {
                text.Append(pattern, i, length);
                i += length - 1;
                if (i + 1 < pattern.Length && pattern[i + 1] == '+')
                {
                    text.Insert(atom, length > 1 ? "(?:" : "(?>").Append(length > 1 ? ")+" : ")");
                    i++;
                }
            }
            else
            {
                if (c == ')')
                    groups.TryPop(out atom);
                else if (c != '|')
                    atom = text.Length;
                if (c == '(')
                    groups.Push(text.Length);
                inClass = c == '[';
                text.Append(c);
            }
        }
        return text.ToString();
    }

    private static int Quantifier(string pattern, int at)
    {
        if (pattern[at] is '+' or '*')
            return 1;
        if (pattern[at] == '?')
            return at > 0 && pattern[at - 1] == '(' ? 0 : 1;
        int end = pattern[at] == '{' ? pattern.IndexOf('}', at) : -1;
        return end > at + 1 && pattern.AsSpan(at + 1, end - at - 1).IndexOfAnyExcept("0123456789,") < 0 ? end - at + 1 : 0;
    }

    // Returns how much of the pattern was read.
    private static int Escape(string pattern, int at, bool inClass, StringBuilder text)
    {
        foreach ((string name, string ranges) in Scripts)
        {
            if (string.CompareOrdinal(pattern, at, $@"\p{{{name}}}", 0, name.Length + 4) != 0)
                continue;
            text.Append(inClass ? ranges : $"[{ranges}]");
            return name.Length + 4;
        }
        int length = 2;
        if (pattern[at + 1] is 'p' or 'P' && at + 2 < pattern.Length && pattern[at + 2] == '{')
            length = Math.Max(2, pattern.IndexOf('}', at) - at + 1);
        if (pattern[at + 1] == 'h')
            text.Append(inClass ? @"\t\p{Zs}" : @"[\t\p{Zs}]");
        else
            text.Append(pattern, at, length);
        return length;
    }
}
