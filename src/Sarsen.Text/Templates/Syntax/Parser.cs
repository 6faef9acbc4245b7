namespace Sarsen.Text.Templates.Syntax;

/// <summary>Statements: tokens to blocks. A statement is one method and one line in <see cref="ParseStatement"/>.</summary>
internal sealed class Parser(SourceText source, List<Token> tokens, TemplateLimits limits)
{
    private readonly ExpressionParser _expressions = new(source, tokens, limits);

    // Loops around the statement being read, within the innermost macro: break and continue need one.
    private int _loops;

    public Block ParseTemplate()
    {
        Block body = ParseBlock([], out _);
        return body;
    }

    // Statements up to one of the words that end the block, which is read too; with none, up to the end.
    private Block ParseBlock(string[] ends, out string end)
    {
        int begin = _expressions.Peek.Offset;
        var statements = new List<Statement>();
        _expressions.Enter();
        while (true)
        {
            Token token = _expressions.Next();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    statements.Add(new TextStatement(token.Offset, token.Value));
                    break;
                case TokenKind.ExpressionBegin:
                    statements.Add(new Output(token.Offset, _expressions.ParseWithTuple()));
                    _expressions.Expect(TokenKind.ExpressionEnd, "}}");
                    break;
                case TokenKind.StatementBegin:
                    Token word = _expressions.Expect(TokenKind.Name, "the name of a statement");
                    if (Array.IndexOf(ends, word.Value) >= 0)
                    {
                        end = word.Value;
                        _expressions.Leave();
                        return new Block(begin, [.. statements]);
                    }
                    if (ParseStatement(word) is { } statement)
                        statements.Add(statement);
                    break;
                default:
                    if (ends.Length > 0)
                        throw source.Fail(token.Offset, $"the template ends, but {{% {ends[^1]} %}} is expected");
                    end = "";
                    _expressions.Leave();
                    return new Block(begin, [.. statements]);
            }
        }
    }

    private Statement? ParseStatement(Token word) => word.Value switch
    {
        "if" => ParseIf(word.Offset),
        "for" => ParseFor(word.Offset),
        "set" => ParseSet(word.Offset),
        "macro" => ParseMacro(word.Offset),
        "call" => ParseCall(word.Offset),
        "filter" => ParseFilter(word.Offset),
        "break" => ParseJump(word, Flow.Break),
        "continue" => ParseJump(word, Flow.Continue),
        "do" => ParseDo(word.Offset),
        // Marks for training what the assistant said; the text is the same.
        "generation" => ParseGeneration(),
        _ => throw source.Fail(word.Offset, $"{{% {word.Value} %}} is no statement that opens something here"),
    };

    private If ParseIf(int offset)
    {
        var branches = new List<(Expression, Block)>();
        Block? otherwise = null;
        string end = "elif";
        while (end == "elif")
        {
            Expression condition = _expressions.ParseWithTuple();
            Close();
            branches.Add((condition, ParseBlock(["elif", "else", "endif"], out end)));
        }
        if (end == "else")
        {
            Close();
            otherwise = ParseBlock(["endif"], out _);
        }
        Close();
        return new If(offset, [.. branches], otherwise);
    }

    private For ParseFor(int offset)
    {
        Assignable target = ParseTarget(untilIn: true);
        _expressions.ExpectName("in");
        // Without the conditional expression: its if is the loop's.
        Expression items = _expressions.ParseTuple(conditional: false);
        Expression? condition = null;
        if (_expressions.TryName("if"))
            condition = _expressions.Parse();
        if (_expressions.TryName("recursive"))
            throw source.Fail(offset, "recursive loops are not supported; use a macro that calls itself");
        Close();
        _loops++;
        Block body = ParseBlock(["else", "endfor"], out string end);
        _loops--;
        Block? otherwise = null;
        if (end == "else")
        {
            Close();
            otherwise = ParseBlock(["endfor"], out _);
        }
        Close();
        return new For(offset, target, items, condition, body, otherwise);
    }

    private Statement ParseSet(int offset)
    {
        Assignable target = ParseTarget(untilIn: false);
        if (_expressions.TryOperator("="))
        {
            Expression value = _expressions.ParseWithTuple();
            Close();
            return new Set(offset, target, value);
        }
        Filter[] filters = _expressions.ParseFilterChain();
        Close();
        Block body = ParseBody("endset");
        return new SetBlock(offset, target, filters, body);
    }

    private Macro ParseMacro(int offset)
    {
        string name = _expressions.Expect(TokenKind.Name, "the name of the macro").Value;
        Parameter[] parameters = ParseParameters();
        Close();
        return new Macro(offset, new MacroSyntax(name, parameters, ParseBody("endmacro", _expressions)));
    }

    private CallStatement ParseCall(int offset)
    {
        Parameter[] parameters = _expressions.IsOperator("(") ? ParseParameters() : [];
        if (_expressions.Parse() is not Call call)
            throw source.Fail(offset, "{% call %} needs the call of a macro");
        Close();
        return new CallStatement(offset, call, new MacroSyntax("caller", parameters, ParseBody("endcall")));
    }

    private FilterStatement ParseFilter(int offset)
    {
        Filter[] filters = _expressions.ParseFilterChain(first: true);
        Close();
        return new FilterStatement(offset, filters, ParseBody("endfilter"));
    }

    private Jump ParseJump(Token word, Flow flow)
    {
        if (_loops == 0)
            throw source.Fail(word.Offset, $"{{% {word.Value} %}} stands in no loop");
        Close();
        return new Jump(word.Offset, flow);
    }

    private Do ParseDo(int offset)
    {
        Expression expression = _expressions.ParseWithTuple();
        Close();
        return new Do(offset, expression);
    }

    private Block ParseGeneration()
    {
        Close();
        Block body = ParseBlock(["endgeneration"], out _);
        Close();
        return body;
    }

    // A body whose text is captured: a break in it ends no loop around it.
    private Block ParseBody(string end, ExpressionParser? name = null)
    {
        int loops = _loops;
        _loops = 0;
        Block body = ParseBlock([end], out _);
        _loops = loops;
        // {% endmacro name %} is allowed.
        if (name?.Peek.Kind == TokenKind.Name)
            name.Next();
        Close();
        return body;
    }

    private Parameter[] ParseParameters()
    {
        var parameters = new List<Parameter>();
        _expressions.ExpectOperator("(");
        while (!_expressions.TryOperator(")"))
        {
            if (parameters.Count > 0)
                _expressions.ExpectOperator(",");
            if (_expressions.TryOperator(")"))
                break;
            Token name = _expressions.Expect(TokenKind.Name, "the name of a parameter");
            if (parameters.Exists(p => p.Name == name.Value))
                throw source.Fail(name.Offset, $"the parameter '{name.Value}' is there twice");
            parameters.Add(new Parameter(name.Value, _expressions.TryOperator("=") ? _expressions.Parse() : null));
        }
        return [.. parameters];
    }

    // name, ns.name, (a, b) or a, b.
    private Assignable ParseTarget(bool untilIn)
    {
        int offset = _expressions.Peek.Offset;
        var parts = new List<Assignable>();
        do
        {
            if (parts.Count > 0 && (untilIn ? _expressions.IsName("in") : _expressions.IsOperator("=")))
                break;
            parts.Add(ParseTargetPart());
        }
        while (_expressions.TryOperator(","));
        return parts.Count == 1 ? parts[0] : new TupleTarget(offset, [.. parts]);
    }

    private Assignable ParseTargetPart()
    {
        int offset = _expressions.Peek.Offset;
        if (_expressions.TryOperator("("))
        {
            _expressions.Enter();
            Assignable inner = ParseTarget(untilIn: false);
            _expressions.ExpectOperator(")");
            _expressions.Leave();
            return inner;
        }
        string name = _expressions.Expect(TokenKind.Name, "a name to assign to").Value;
        return _expressions.TryOperator(".")
            ? new NamespaceTarget(offset, name, _expressions.Expect(TokenKind.Name, "the name of an attribute").Value)
            : new NameTarget(offset, name);
    }

    private void Close() => _expressions.Expect(TokenKind.StatementEnd, "%}");
}

/// <summary><c>{% do expression %}</c>: evaluated for what it does.</summary>
internal sealed class Do(int offset, Expression expression) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        expression.Evaluate(rendering, scope);
        return Flow.Next;
    }
}
