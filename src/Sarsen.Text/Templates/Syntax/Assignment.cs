using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>What a value is assigned to: a name, an attribute of a namespace, or several of them that take a list apart.</summary>
internal abstract class Assignable(int offset) : Node(offset)
{
    public abstract void Assign(Rendering rendering, Scope scope, object? value);
}

internal sealed class NameTarget(int offset, string name) : Assignable(offset)
{
    public override void Assign(Rendering rendering, Scope scope, object? value) => scope.Set(name, value);
}

/// <summary><c>ns.name</c>, where ns was made by <c>namespace()</c>. Anything else must not be changed so, as in Jinja.</summary>
internal sealed class NamespaceTarget(int offset, string variable, string name) : Assignable(offset)
{
    public override void Assign(Rendering rendering, Scope scope, object? value)
    {
        rendering.Step(Offset);
        if (!scope.TryGet(variable, out object? target) || target is not NamespaceValue space)
            throw rendering.Fail($"'{variable}.{name}' cannot be set: '{variable}' is no namespace; make it one by namespace()");
        rendering.Charge(1);
        space.Items[name] = value;
    }
}

internal sealed class TupleTarget(int offset, Assignable[] parts) : Assignable(offset)
{
    public override void Assign(Rendering rendering, Scope scope, object? value)
    {
        rendering.Step(Offset);
        List<object?> items = Iteration.Of(rendering, value);
        if (items.Count != parts.Length)
            throw rendering.Fail($"{items.Count} values cannot be assigned to {parts.Length} names");
        for (int i = 0; i < parts.Length; i++)
            parts[i].Assign(rendering, scope, items[i]);
    }
}

/// <summary><c>{% set target = value %}</c>.</summary>
internal sealed class Set(int offset, Assignable target, Expression value) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        target.Assign(rendering, scope, value.Evaluate(rendering, scope));
        return Flow.Next;
    }
}

/// <summary><c>{% set target %} … {% endset %}</c>: the text of the body, through filters where there are some.</summary>
internal sealed class SetBlock(int offset, Assignable target, Filter[] filters, Block body) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        object? value = rendering.Capture(body, new Scope(scope));
        foreach (Filter filter in filters)
            value = filter.Apply(rendering, scope, value);
        target.Assign(rendering, scope, value);
        return Flow.Next;
    }
}
