using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>A value that is written out: <c>'text'</c>, <c>1</c>, <c>true</c>, <c>none</c>.</summary>
internal sealed class Literal(int offset, object? value) : Expression(offset)
{
    public override int Height => 1;

    public object? Value => value;

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        return value;
    }
}

/// <summary><c>[a, b]</c> and <c>(a, b)</c>.</summary>
internal sealed class ListLiteral(int offset, Expression[] items, bool isTuple) : Expression(offset)
{
    public override int Height { get; } = Over(items);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        rendering.Charge(items.Length);
        var list = new ListValue(items.Length, isTuple);
        foreach (Expression item in items)
            list.Items.Add(item.Evaluate(rendering, scope));
        return list;
    }
}

/// <summary><c>{key: value}</c>.</summary>
internal sealed class DictLiteral(int offset, (Expression Key, Expression Value)[] items) : Expression(offset)
{
    public override int Height { get; } = Over([.. items.Select(i => i.Key), .. items.Select(i => i.Value)]);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        rendering.Charge(items.Length);
        var dict = new DictValue();
        foreach ((Expression key, Expression value) in items)
            dict.Items[Value.Key(rendering, key.Evaluate(rendering, scope))] = value.Evaluate(rendering, scope);
        return dict;
    }
}
