using System.Globalization;
using System.Text;

namespace Sarsen.Text.Grammars;

/// <summary>Texts within JSON: what is written out, what a pattern describes, and keys that must not be certain ones.</summary>
internal static class JsonTexts
{
    // Escapes that JSON has a letter for.
    private static readonly (int Scalar, string Escape)[] Escapes =
        [('"', "\\\""), ('\\', @"\\"), ('\b', @"\b"), ('\f', @"\f"), ('\n', @"\n"), ('\r', @"\r"), ('\t', @"\t")];

    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes())
            escaped.Append(Escape(rune.Value));
        return escaped.ToString();
    }

    /// <summary>An expression over characters as one over the JSON that they are written as.</summary>
    public static Expression Escaped(Expression expression) => expression switch
    {
        Bytes bytes => Expression.Literal(Escape(Encoding.UTF8.GetString(bytes.Value))),
        Scalar scalar => Escaped(scalar.Set),
        Sequence sequence => new Sequence([.. sequence.Items.Select(Escaped)]),
        Choice choice => new Choice([.. choice.Items.Select(Escaped)]),
        Repeat repeat => repeat with { Item = Escaped(repeat.Item) },
        _ => throw new InvalidOperationException("a pattern has no references"),
    };

    /// <summary>The characters of a key that is none of <paramref name="names"/>, without escapes: those could spell a name.</summary>
    public static Expression KeyOtherThan(IReadOnlyCollection<string> names) =>
        OtherThan([.. names.Select(n => n.EnumerateRunes().ToArray())], 0);

    private static Expression OtherThan(List<Rune[]> names, int at)
    {
        Expression any = Expression.Many(new Scalar(JsonRules.PlainSet));
        if (names.Count == 0)
            return any;
        var ways = new List<Expression>();
        if (!names.Exists(n => n.Length == at))
            ways.Add(Expression.Empty);
        var next = names.Where(n => n.Length > at).GroupBy(n => n[at].Value).ToList();
        var taken = new ScalarSet(next.Select(g => (g.Key, g.Key)));
        ways.Add(new Sequence([new Scalar(JsonRules.PlainSet.Except(taken)), any]));
        foreach (IGrouping<int, Rune[]> group in next.Where(g => JsonRules.PlainSet.Contains(g.Key)))
            ways.Add(new Sequence([Expression.Literal(char.ConvertFromUtf32(group.Key)), OtherThan([.. group], at + 1)]));
        return new Choice(ways);
    }

    private static Expression Escaped(ScalarSet set)
    {
        var others = set.Except(JsonRules.PlainSet);
        var ways = new List<Expression> { new Scalar(set.Except(others)) };
        foreach ((int first, int last) in others.Ranges)
        {
            for (int scalar = first; scalar <= last; scalar++)
                ways.Add(Expression.Literal(Escape(scalar)));
        }
        return ways.Count == 1 ? ways[0] : new Choice(ways);
    }

    private static string Escape(int scalar)
    {
        foreach ((int known, string escape) in Escapes)
        {
            if (known == scalar)
                return escape;
        }
        return JsonRules.PlainSet.Contains(scalar) ? char.ConvertFromUtf32(scalar) : string.Create(CultureInfo.InvariantCulture, $"\\u{scalar:x4}");
    }
}

file static class Runes
{
    public static Rune[] ToArray(this StringRuneEnumerator runes)
    {
        var list = new List<Rune>();
        foreach (Rune rune in runes)
            list.Add(rune);
        return [.. list];
    }
}
