using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>A variable. One that is not there is undefined, which is an error only where something is done with it.</summary>
internal sealed class Variable(int offset, string name) : Expression(offset)
{
    private readonly Undefined _undefined = new(name);

    public string Name => name;

    public override int Height => 1;

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        return scope.TryGet(name, out object? value) ? value : _undefined;
    }
}

/// <summary><c>target.name</c>: a method where the target's type has one of the name, as in Python, else the item of that key.</summary>
internal sealed class Attribute(int offset, Expression target, string name) : Expression(offset)
{
    private readonly Undefined _undefined = new(name);

    public override int Height { get; } = Over(target);

    public Expression Target => target;

    public string Name => name;

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? value = target.Evaluate(rendering, scope);
        rendering.Step(Offset);
        return Members.Attribute(rendering, value, name) ?? (Members.TryItem(rendering, value, name, out object? item) ? item : _undefined);
    }
}

/// <summary><c>target[key]</c>, and <c>target.0</c>.</summary>
internal sealed class Item(int offset, Expression target, Expression key) : Expression(offset)
{
    public override int Height { get; } = Over(target, key);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? value = target.Evaluate(rendering, scope);
        object? at = key.Evaluate(rendering, scope);
        rendering.Step(Offset);
        if (Members.TryItem(rendering, value, at, out object? item))
            return item;
        return at is string name ? Members.Attribute(rendering, value, name) ?? new Undefined(name) : new Undefined("item");
    }
}

/// <summary><c>target[first:last:step]</c>, as in Python.</summary>
internal sealed class Slice(int offset, Expression target, Expression? first, Expression? last, Expression? step) : Expression(offset)
{
    public override int Height { get; } = Over(target, first, last, step);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? value = target.Evaluate(rendering, scope);
        long? from = Bound(rendering, scope, first), to = Bound(rendering, scope, last), by = Bound(rendering, scope, step);
        rendering.Step(Offset);
        return Slicing.Take(rendering, value, from, to, by ?? 1);
    }

    private static long? Bound(Rendering rendering, Scope scope, Expression? bound) => bound?.Evaluate(rendering, scope) switch
    {
        null => null,
        bool b => b ? 1 : 0,
        long n => n,
        object other => throw rendering.Fail($"a slice needs whole numbers, not {Value.TypeName(other)}"),
    };
}
