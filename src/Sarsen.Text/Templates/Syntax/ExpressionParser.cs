using System.Globalization;
using Sarsen.Text.Templates.Filters;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>
/// Expressions, loosest first: <c>a if b else c</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons, <c>+ -</c>, <c>~</c>,
/// <c>* / // %</c>, <c>**</c>, signs, then items, calls, filters and tests. Words are operators only where an operator can
/// stand, so that a variable may be called <c>if</c>.
/// </summary>
internal sealed class ExpressionParser(SourceText source, List<Token> tokens, TemplateLimits limits)
{
    private int _at, _depth;

    public Token Peek => tokens[_at];

    // The last token is the end, which is never passed.
    public Token Next() => tokens[_at < tokens.Count - 1 ? _at++ : _at];

    /// <summary>Goes one level deeper; each needs its <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_depth > limits.MaxNesting)
            throw source.Limit(Peek.Offset, $"the template is nested deeper than {limits.MaxNesting} levels");
    }

    public void Leave() => _depth--;

    public Token Expect(TokenKind kind, string what) =>
        Peek.Kind == kind ? Next() : throw source.Fail(Peek.Offset, $"{what} is expected, not {Shown(Peek)}");

    public void ExpectOperator(string op)
    {
        if (!TryOperator(op))
            throw source.Fail(Peek.Offset, $"'{op}' is expected, not {Shown(Peek)}");
    }

    public void ExpectName(string name)
    {
        if (!TryName(name))
            throw source.Fail(Peek.Offset, $"'{name}' is expected, not {Shown(Peek)}");
    }

    public bool IsOperator(string op) => Peek.Kind == TokenKind.Operator && Peek.Value == op;

    public bool IsName(string name) => Peek.Kind == TokenKind.Name && Peek.Value == name;

    public bool TryOperator(string op) => IsOperator(op) && Next().Kind == TokenKind.Operator;

    public bool TryName(string name) => IsName(name) && Next().Kind == TokenKind.Name;

    public Expression Parse() => Checked(ParseConditional());

    /// <summary>An expression, or several with commas between them, which make a tuple.</summary>
    public Expression ParseWithTuple() => ParseTuple(conditional: true);

    public Expression ParseTuple(bool conditional)
    {
        int offset = Peek.Offset;
        Expression first = conditional ? Parse() : Checked(ParseOr());
        if (!IsOperator(","))
            return first;
        var items = new List<Expression> { first };
        while (TryOperator(",") && !EndsExpression())
            items.Add(conditional ? Parse() : Checked(ParseOr()));
        return new ListLiteral(offset, [.. items], isTuple: true);
    }

    /// <summary><c>| name(arguments) | …</c>; the first without its bar in a filter statement.</summary>
    public Filter[] ParseFilterChain(bool first = false)
    {
        var filters = new List<Filter>();
        while (first || TryOperator("|"))
        {
            first = false;
            filters.Add(ParseFilter(null));
        }
        return [.. filters];
    }

    private bool EndsExpression() => Peek.Kind is TokenKind.ExpressionEnd or TokenKind.StatementEnd || IsOperator(")") || IsOperator("]") || IsOperator("=");

    // Chains of operators and of filters nest to the left, unseen by the parser's own depth.
    private Expression Checked(Expression expression) =>
        expression.Height <= limits.MaxNesting ? expression
        : throw source.Limit(expression.Offset, $"the expression is nested deeper than {limits.MaxNesting} levels");

    private Expression ParseConditional()
    {
        int offset = Peek.Offset;
        Expression value = ParseOr();
        while (TryName("if"))
        {
            Expression condition = ParseOr();
            Expression? otherwise = null;
            if (TryName("else"))
            {
                Enter();
                otherwise = ParseConditional();
                Leave();
            }
            value = new Conditional(offset, condition, value, otherwise);
        }
        return value;
    }

    private Expression ParseOr()
    {
        Enter();
        Expression left = ParseAnd();
        while (IsName("or"))
            left = new Logical(Next().Offset, isAnd: false, left, ParseAnd());
        Leave();
        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (IsName("and"))
            left = new Logical(Next().Offset, isAnd: true, left, ParseNot());
        return left;
    }

    private Expression ParseNot()
    {
        if (!IsName("not"))
            return ParseComparison();
        Enter();
        var not = new Not(Next().Offset, ParseNot());
        Leave();
        return not;
    }

    private Expression ParseComparison()
    {
        int offset = Peek.Offset;
        Expression first = ParseSum();
        var rest = new List<(ComparisonOperator, Expression)>();
        while (NextComparison() is { } op)
            rest.Add((op, ParseSum()));
        return rest.Count == 0 ? first : new Comparison(offset, first, [.. rest]);
    }

    private ComparisonOperator? NextComparison()
    {
        ComparisonOperator? found = Peek switch
        {
            { Kind: TokenKind.Operator, Value: "==" } => ComparisonOperator.Equal,
            { Kind: TokenKind.Operator, Value: "!=" } => ComparisonOperator.NotEqual,
            { Kind: TokenKind.Operator, Value: "<" } => ComparisonOperator.Less,
            { Kind: TokenKind.Operator, Value: "<=" } => ComparisonOperator.LessOrEqual,
            { Kind: TokenKind.Operator, Value: ">" } => ComparisonOperator.Greater,
            { Kind: TokenKind.Operator, Value: ">=" } => ComparisonOperator.GreaterOrEqual,
            { Kind: TokenKind.Name, Value: "in" } => ComparisonOperator.In,
            _ => null,
        };
        if (found is not null)
        {
            Next();
        }
        else if (IsName("not") && tokens[_at + 1] is { Kind: TokenKind.Name, Value: "in" })
        {
            Next();
            Next();
            return ComparisonOperator.NotIn;
        }
        return found;
    }

    private Expression ParseSum()
    {
        Expression left = ParseConcatenation();
        while (IsOperator("+") || IsOperator("-"))
        {
            Token op = Next();
            left = new Binary(op.Offset, op.Value == "+" ? BinaryOperator.Add : BinaryOperator.Subtract, left, ParseConcatenation());
        }
        return left;
    }

    private Expression ParseConcatenation()
    {
        Expression left = ParseProduct();
        while (IsOperator("~"))
            left = new Binary(Next().Offset, BinaryOperator.Concatenate, left, ParseProduct());
        return left;
    }

    private Expression ParseProduct()
    {
        Expression left = ParsePower();
        while (Peek.Kind == TokenKind.Operator)
        {
            BinaryOperator? op = Peek.Value switch
            {
                "*" => BinaryOperator.Multiply,
                "/" => BinaryOperator.Divide,
                "//" => BinaryOperator.FloorDivide,
                "%" => BinaryOperator.Remainder,
                _ => null,
            };
            if (op is null)
                break;
            left = new Binary(Next().Offset, op.Value, left, ParsePower());
        }
        return left;
    }

    private Expression ParsePower()
    {
        Expression left = ParseSigned();
        while (IsOperator("**"))
            left = new Binary(Next().Offset, BinaryOperator.Power, left, ParseSigned());
        return left;
    }

    // Filters and tests hold the sign within them: -1 | abs is 1.
    private Expression ParseSigned(bool filtered = true)
    {
        Expression operand;
        if (IsOperator("-") || IsOperator("+"))
        {
            Token sign = Next();
            Enter();
            operand = new Signed(sign.Offset, sign.Value == "-", ParseSigned(filtered: false));
            Leave();
        }
        else
        {
            operand = ParsePostfix(ParsePrimary());
        }
        return filtered ? ParseFiltersAndTests(operand) : operand;
    }

    private Expression ParsePrimary()
    {
        Token token = Next();
        switch (token.Kind)
        {
            case TokenKind.String:
                string text = token.Value;
                while (Peek.Kind == TokenKind.String)
                    text += Next().Value;
                return new Literal(token.Offset, text);
            case TokenKind.Integer:
                return new Literal(token.Offset, Integer(token));
            case TokenKind.Float:
                return new Literal(token.Offset, double.Parse(token.Value, CultureInfo.InvariantCulture));
            case TokenKind.Name:
                return token.Value switch
                {
                    "true" or "True" => new Literal(token.Offset, true),
                    "false" or "False" => new Literal(token.Offset, false),
                    "none" or "None" => new Literal(token.Offset, null),
                    _ => new Variable(token.Offset, token.Value),
                };
            case TokenKind.Operator when token.Value == "(":
                return ParseParenthesis(token.Offset);
            case TokenKind.Operator when token.Value == "[":
                return new ListLiteral(token.Offset, ParseItems("]"), isTuple: false);
            case TokenKind.Operator when token.Value == "{":
                return ParseDict(token.Offset);
            default:
                throw source.Fail(token.Offset, $"a value is expected, not {Shown(token)}");
        }
    }

    private long Integer(Token token) =>
        long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value
        : throw source.Fail(token.Offset, "the number is beyond 64 bits");

    private Expression ParseParenthesis(int offset)
    {
        if (TryOperator(")"))
            return new ListLiteral(offset, [], isTuple: true);
        Expression inner = ParseWithTuple();
        ExpectOperator(")");
        return inner;
    }

    private Expression[] ParseItems(string close)
    {
        var items = new List<Expression>();
        while (!TryOperator(close))
        {
            if (items.Count > 0)
                ExpectOperator(",");
            if (TryOperator(close))
                break;
            items.Add(Parse());
        }
        return [.. items];
    }

    private DictLiteral ParseDict(int offset)
    {
        var items = new List<(Expression, Expression)>();
        while (!TryOperator("}"))
        {
            if (items.Count > 0)
                ExpectOperator(",");
            if (TryOperator("}"))
                break;
            Expression key = Parse();
            ExpectOperator(":");
            items.Add((key, Parse()));
        }
        return new DictLiteral(offset, [.. items]);
    }

    private Expression ParsePostfix(Expression target)
    {
        while (true)
        {
            int offset = Peek.Offset;
            if (TryOperator("."))
            {
                Token name = Next();
                target = name.Kind switch
                {
                    TokenKind.Name => new Attribute(offset, target, name.Value),
                    TokenKind.Integer => new Item(offset, target, new Literal(name.Offset, Integer(name))),
                    _ => throw source.Fail(name.Offset, $"the name of an attribute is expected, not {Shown(name)}"),
                };
            }
            else if (TryOperator("["))
            {
                target = ParseSubscript(offset, target);
            }
            else if (IsOperator("("))
            {
                target = new Call(offset, target, ParseArguments());
            }
            else
            {
                return target;
            }
        }
    }

    private Expression ParseSubscript(int offset, Expression target)
    {
        Expression? first = IsOperator(":") ? null : Parse();
        if (!TryOperator(":"))
        {
            ExpectOperator("]");
            return new Item(offset, target, first!);
        }
        Expression? last = IsOperator(":") || IsOperator("]") ? null : Parse();
        Expression? step = TryOperator(":") && !IsOperator("]") ? Parse() : null;
        ExpectOperator("]");
        return new Slice(offset, target, first, last, step);
    }

    private ArgumentList ParseArguments()
    {
        var arguments = new List<ArgumentSyntax>();
        ExpectOperator("(");
        while (!TryOperator(")"))
        {
            if (arguments.Count > 0)
                ExpectOperator(",");
            if (TryOperator(")"))
                break;
            if (TryOperator("*"))
            {
                arguments.Add(new ArgumentSyntax(ArgumentKind.List, null, Parse()));
            }
            else if (TryOperator("**"))
            {
                arguments.Add(new ArgumentSyntax(ArgumentKind.Dict, null, Parse()));
            }
            else if (Peek.Kind == TokenKind.Name && tokens[_at + 1] is { Kind: TokenKind.Operator, Value: "=" })
            {
                string name = Next().Value;
                Next();
                arguments.Add(new ArgumentSyntax(ArgumentKind.Named, name, Parse()));
            }
            else
            {
                arguments.Add(new ArgumentSyntax(ArgumentKind.Positional, null, Parse()));
            }
        }
        return new ArgumentList([.. arguments]);
    }

    private Expression ParseFiltersAndTests(Expression value)
    {
        while (true)
        {
            if (TryOperator("|"))
                value = ParsePostfix(ParseFilter(value));
            else if (IsName("is"))
                value = ParseTest(value);
            else
                return value;
        }
    }

    private Filter ParseFilter(Expression? input)
    {
        Token name = Expect(TokenKind.Name, "the name of a filter");
        if (!FilterCatalogue.All.TryGetValue(name.Value, out FilterFunction? function))
            throw source.Fail(name.Offset, $"there is no filter '{name.Value}'");
        return new Filter(name.Offset, input, name.Value, function, IsOperator("(") ? ParseArguments() : ArgumentList.Empty);
    }

    private Test ParseTest(Expression operand)
    {
        Next();
        bool negated = TryName("not");
        Token name = Expect(TokenKind.Name, "the name of a test");
        if (!TestCatalogue.All.TryGetValue(name.Value, out TestFunction? function))
            throw source.Fail(name.Offset, $"there is no test '{name.Value}'");
        ArgumentList arguments = ArgumentList.Empty;
        if (IsOperator("("))
            arguments = ParseArguments();
        else if (BeginsValue())
            arguments = new ArgumentList([new ArgumentSyntax(ArgumentKind.Positional, null, ParsePostfix(ParsePrimary()))]);
        return new Test(name.Offset, operand, name.Value, function, arguments, negated);
    }

    // Whether an argument without parentheses follows a test: x is divisibleby 3.
    private bool BeginsValue() => Peek.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => Peek.Value is "[" or "{",
        TokenKind.Name => Peek.Value is not ("and" or "or" or "not" or "if" or "else" or "in" or "is" or "recursive"),
        _ => false,
    };

    private static string Shown(Token token) => token.Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.ExpressionEnd => "'}}'",
        TokenKind.StatementEnd => "'%}'",
        TokenKind.String => "a text",
        TokenKind.Text or TokenKind.ExpressionBegin or TokenKind.StatementBegin => "the end of the tag",
        _ => $"'{token.Value}'",
    };
}
