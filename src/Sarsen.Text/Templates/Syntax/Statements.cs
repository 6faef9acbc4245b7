using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>Statements one after the other.</summary>
internal sealed class Block(int offset, Statement[] statements) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        foreach (Statement statement in statements)
        {
            Flow flow = statement.Execute(rendering, scope);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }
}

/// <summary>Text between tags.</summary>
internal sealed class TextStatement(int offset, string text) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        rendering.Write(text);
        return Flow.Next;
    }
}

/// <summary><c>{{ expression }}</c>.</summary>
internal sealed class Output(int offset, Expression expression) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        object? value = expression.Evaluate(rendering, scope);
        rendering.Step(Offset);
        rendering.Write(ValueText.Printed(rendering, value));
        return Flow.Next;
    }
}

/// <summary><c>{% if %} … {% elif %} … {% else %} … {% endif %}</c>.</summary>
internal sealed class If(int offset, (Expression Condition, Block Body)[] branches, Block? otherwise) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        foreach ((Expression condition, Block body) in branches)
        {
            if (Value.IsTrue(condition.Evaluate(rendering, scope)))
                return body.Execute(rendering, scope);
        }
        return otherwise?.Execute(rendering, scope) ?? Flow.Next;
    }
}

/// <summary><c>{% break %}</c> and <c>{% continue %}</c>.</summary>
internal sealed class Jump(int offset, Flow flow) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        return flow;
    }
}

/// <summary><c>{% filter name %} … {% endfilter %}</c>: the text of the body, filtered.</summary>
internal sealed class FilterStatement(int offset, Filter[] filters, Block body) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        object? value = rendering.Capture(body, new Scope(scope));
        foreach (Filter filter in filters)
            value = filter.Apply(rendering, scope, value);
        rendering.Write(ValueText.Printed(rendering, value));
        return Flow.Next;
    }
}
