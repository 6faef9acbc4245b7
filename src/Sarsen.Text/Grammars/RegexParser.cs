namespace Sarsen.Text.Grammars;

/// <summary>
/// Regular expressions as JSON Schema recommends them, of ECMA-262: characters, <c>.</c>, classes with ranges and
/// <c>\d \w \s</c> and their opposites (ASCII but for white space), groups, <c>|</c>, <c>* + ? {m,n}</c> (lazy or not is
/// the same to a whole match), and <c>^ $</c> at the ends. Refused: looking around, back references, <c>\b</c>,
/// <c>\p</c>, anchors elsewhere. Source: ECMA-262, section 22.2.
/// </summary>
internal sealed class RegexParser(string text, CompileBudget budget) : PatternReader(text, budget)
{
    private static readonly ScalarSet Digit = new([('0', '9')]);
    private static readonly ScalarSet Word = new([('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')]);
    private static readonly ScalarSet LineEnd = ScalarSet.Of("\n\r\u2028\u2029");
    private static readonly ScalarSet Space = ScalarSet.Of(" \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff");

    /// <summary>The pattern for a whole text; anchors at its ends change nothing.</summary>
    public Expression ParseWhole() => Parse(out _, out _);

    /// <summary>The pattern for a part of a text: what may stand before and after it is the caller's where it has no anchor.</summary>
    public Expression ParsePart(Expression anything)
    {
        Expression inner = Parse(out bool begins, out bool ends);
        return new Sequence([begins ? Expression.Empty : anything, inner, ends ? Expression.Empty : anything]);
    }

    protected override void AfterRepetition()
    {
        // A lazy repetition matches the same whole texts.
        Try('?');
    }

    protected override bool BadBounds() => throw Fail(@"a repetition is {m}, {m,} or {m,n}; a brace by itself is \{");

    private Expression Parse(out bool begins, out bool ends)
    {
        begins = Try('^');
        ends = false;
        Expression whole = Alternatives();
        if (Try('$'))
            ends = true;
        if (!AtEnd)
            throw Fail(Peek == ')' ? "')' closes nothing" : "anchors are supported at the ends of the pattern only");
        if ((begins || ends) && whole is Choice)
            throw Fail("an anchor beside alternatives belongs to one of them only: put the alternatives in a group, ^(a|b)$");
        return whole;
    }

    private Expression Alternatives()
    {
        Enter();
        var alternatives = new List<Expression> { Items() };
        while (Try('|'))
            alternatives.Add(Items());
        Leave();
        return alternatives.Count == 1 ? alternatives[0] : new Choice(alternatives);
    }

    private Sequence Items()
    {
        var items = new List<Expression>();
        while (!AtEnd && Peek is not ('|' or ')' or '$'))
            items.Add(Repeated(Item()));
        return new Sequence(items);
    }

    private Expression Item()
    {
        switch (Peek)
        {
            case '(':
                return Group();
            case '[':
                At++;
                return Class();
            case '.':
                At++;
                return new Scalar(LineEnd.Complement());
            case '\\':
                At++;
                return new Scalar(Escape(inClass: false));
            case '*' or '+' or '?' or '{':
                throw Fail($"'{Peek}' repeats nothing");
            case '^':
                throw Fail("anchors are supported at the ends of the pattern only");
            default:
                int c = NextScalar();
                return new Scalar(new ScalarSet([(c, c)]));
        }
    }

    private Expression Group()
    {
        At++;
        if (Try('?'))
        {
            if (Try('<') && Peek is not ('=' or '!'))
            {
                // A name is for whoever asks for the group.
                At = Text.IndexOf('>', At) is var end && end >= 0 ? end + 1 : throw Fail("the group's name has no end");
            }
            else if (!Try(':'))
            {
                throw Fail("looking around is not supported: say what the text is, not what stands beside it");
            }
        }
        Expression inner = Alternatives();
        return Try(')') ? inner : throw Fail("')' is expected");
    }

    private Scalar Class()
    {
        bool negated = Try('^');
        var set = new ScalarSet([]);
        while (!Try(']'))
        {
            ScalarSet first = ClassItem();
            if (Peek == '-' && At + 1 < Text.Length && Text[At + 1] != ']')
            {
                At++;
                ScalarSet last = ClassItem();
                if (first.Ranges is not [var a] || a.First != a.Last || last.Ranges is not [var b] || b.First != b.Last || b.First < a.First)
                    throw Fail("a range in brackets needs two characters in order");
                first = new ScalarSet([(a.First, b.First)]);
            }
            set = set.Union(first);
        }
        return new Scalar(negated ? set.Complement() : set);
    }

    private ScalarSet ClassItem()
    {
        if (Try('\\'))
            return Escape(inClass: true);
        int c = NextScalar();
        return new ScalarSet([(c, c)]);
    }

    private ScalarSet Escape(bool inClass)
    {
        if (AtEnd)
            throw Fail("a backslash stands at the end");
        char c = Text[At++];
        switch (c)
        {
            case 'd':
                return Digit;
            case 'D':
                return Digit.Complement();
            case 'w':
                return Word;
            case 'W':
                return Word.Complement();
            case 's':
                return Space;
            case 'S':
                return Space.Complement();
            case 'n':
                return ScalarSet.Of("\n");
            case 'r':
                return ScalarSet.Of("\r");
            case 't':
                return ScalarSet.Of("\t");
            case 'f':
                return ScalarSet.Of("\f");
            case 'v':
                return ScalarSet.Of("\v");
            case '0':
                return ScalarSet.Of("\0");
            case 'b' when inClass:
                return ScalarSet.Of("\b");
            case 'x':
                int two = Hex(2);
                return new ScalarSet([(two, two)]);
            case 'u':
                int four = Hex(4);
                return new ScalarSet([(four, four)]);
            default:
                if (char.IsAsciiLetterOrDigit(c))
                    throw Fail($"\\{c} is not supported");
                return ScalarSet.Of(c.ToString());
        }
    }
}
