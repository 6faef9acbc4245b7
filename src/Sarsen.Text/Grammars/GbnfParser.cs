using System.Text;

namespace Sarsen.Text.Grammars;

/// <summary>
/// GBNF: <c>name ::= alternatives</c>, one rule a line. Items are texts in quotes, classes in brackets, a dot for any
/// character, names of rules, and groups, each with <c>* + ? {m,n}</c>; <c>#</c> begins a comment. Within parentheses and
/// after <c>|</c> a rule goes on in the next line. Source: the GBNF guide of llama.cpp.
/// </summary>
internal sealed class GbnfParser(string text, CompileBudget budget) : PatternReader(text, budget)
{
    private readonly Dictionary<string, Expression> _rules = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, Expression> Parse()
    {
        Space(true);
        while (!AtEnd)
        {
            string name = Name();
            Space(false);
            if (string.CompareOrdinal(Text, At, "::=", 0, 3) != 0)
                throw Fail($"'::=' is expected after the name '{name}'");
            At += 3;
            Space(true);
            if (!_rules.TryAdd(name, Alternatives(nested: false)))
                throw Fail($"the rule '{name}' is there twice");
            if (!AtEnd && Peek is not ('\n' or '\r'))
                throw Fail($"'{Peek}' is unexpected: an item or the end of the line should be here");
            Space(true);
        }
        return _rules.ContainsKey("root") ? _rules : throw Fail("the rule 'root', where a grammar begins, is missing");
    }

    protected override void AfterRepetition() => Space(false);

    protected override bool BadBounds() => throw Fail("a repetition is {m}, {m,}, {,n} or {m,n}");

    private Expression Alternatives(bool nested)
    {
        Enter();
        var alternatives = new List<Expression> { Items(nested) };
        while (Try('|'))
        {
            Space(true);
            alternatives.Add(Items(nested));
        }
        Leave();
        return alternatives.Count == 1 ? alternatives[0] : new Choice(alternatives);
    }

    private Sequence Items(bool nested)
    {
        var items = new List<Expression>();
        while (Item() is { } item)
        {
            Space(nested);
            items.Add(Repeated(item));
            Space(nested);
        }
        return new Sequence(items);
    }

    private Expression? Item()
    {
        switch (Peek)
        {
            case '"':
                return Quoted();
            case '[':
                At++;
                return Class();
            case '.':
                At++;
                return new Scalar(ScalarSet.All);
            case '(':
                At++;
                Space(true);
                Expression group = Alternatives(nested: true);
                return Try(')') ? group : throw Fail("')' is expected");
            case '<' or '!':
                throw Fail("tokens in angle brackets are not supported: write the text that the token stands for in quotes");
            default:
                return IsNamePart(Peek) && !AtEnd ? new Reference(Name()) : null;
        }
    }

    private Bytes Quoted()
    {
        At++;
        var value = new StringBuilder();
        while (!Try('"'))
            value.Append(new Rune(Character()).ToString());
        return new Bytes(Encoding.UTF8.GetBytes(value.ToString()));
    }

    private Scalar Class()
    {
        bool negated = Try('^');
        var ranges = new List<(int, int)>();
        while (!Try(']'))
        {
            int first = Character(), last = first;
            if (Peek == '-' && At + 1 < Text.Length && Text[At + 1] != ']')
            {
                At++;
                last = Character();
            }
            if (last < first)
                throw Fail("a range in brackets ends before it begins");
            ranges.Add((first, last));
        }
        var set = new ScalarSet(ranges);
        return new Scalar(negated ? set.Complement() : set);
    }

    private int Character()
    {
        if (!Try('\\'))
            return NextScalar();
        switch (AtEnd ? '\0' : Text[At++])
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'x':
                return Hex(2);
            case 'u':
                return Hex(4);
            case 'U':
                return Hex(8);
            case var c and ('\\' or '"' or '[' or ']' or '-' or '^'):
                return c;
            default:
                throw Fail("after a backslash n, r, t, x, u, U, \\, \", [, ], - or ^ is expected");
        }
    }

    private string Name()
    {
        int begin = At;
        while (IsNamePart(Peek) && !AtEnd)
            At++;
        return At > begin ? Text[begin..At] : throw Fail($"the name of a rule is expected{(AtEnd ? "" : $", not '{Peek}'")}");
    }

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private void Space(bool lines)
    {
        while (!AtEnd)
        {
            if (Peek is ' ' or '\t' || (lines && Peek is ('\n' or '\r')))
                At++;
            else if (Peek == '#')
                At = Text.IndexOf('\n', At) is var end && end >= 0 ? end : Text.Length;
            else
                return;
        }
    }
}
