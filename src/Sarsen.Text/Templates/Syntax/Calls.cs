using Sarsen.Text.Templates.Filters;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

internal enum ArgumentKind
{
    Positional,
    Named,

    /// <summary><c>*list</c>.</summary>
    List,

    /// <summary><c>**dict</c>.</summary>
    Dict,
}

internal readonly record struct ArgumentSyntax(ArgumentKind Kind, string? Name, Expression Value);

/// <summary>What stands between the parentheses of a call.</summary>
internal sealed class ArgumentList(ArgumentSyntax[] items)
{
    public static readonly ArgumentList Empty = new([]);

    public int Height { get; } = items.Select(i => i.Value.Height).DefaultIfEmpty(0).Max();

    public Arguments Evaluate(Rendering rendering, Scope scope)
    {
        if (items.Length == 0)
            return new Arguments();
        var arguments = new Arguments();
        foreach (ArgumentSyntax item in items)
        {
            object? value = item.Value.Evaluate(rendering, scope);
            switch (item.Kind)
            {
                case ArgumentKind.Positional:
                    arguments.Positional.Add(value);
                    break;
                case ArgumentKind.Named:
                    arguments.Named[item.Name!] = value;
                    break;
                case ArgumentKind.List:
                    arguments.Positional.AddRange(Iteration.Of(rendering, value));
                    break;
                default:
                    if (value is not DictValue dict)
                        throw rendering.Fail($"** needs a dict, not {Value.TypeName(value)}");
                    foreach ((object name, object? named) in dict.Items)
                        arguments.Named[name as string ?? throw rendering.Fail("** needs a dict whose keys are texts")] = named;
                    break;
            }
        }
        return arguments;
    }
}

/// <summary><c>callee(arguments)</c>.</summary>
internal sealed class Call(int offset, Expression callee, ArgumentList arguments) : Expression(offset)
{
    public override int Height { get; } = Math.Max(callee.Height, arguments.Height) + 1;

    public override object? Evaluate(Rendering rendering, Scope scope) => Evaluate(rendering, scope, null);

    public object? Evaluate(Rendering rendering, Scope scope, Callable? caller)
    {
        object? target = callee.Evaluate(rendering, scope);
        Arguments given = arguments.Evaluate(rendering, scope);
        rendering.Step(Offset);
        if (target is not Callable callable)
            throw rendering.Fail($"{(target is Undefined u ? $"'{u.Name}' is undefined and" : Value.TypeName(target))} cannot be called");
        if (caller is not null)
            given.Named["caller"] = caller;
        return callable.Call(rendering, given);
    }
}

/// <summary><c>value | name(arguments)</c>. In a filter statement the value is the statement's text.</summary>
internal sealed class Filter(int offset, Expression? input, string name, Filters.FilterFunction function, ArgumentList arguments) : Expression(offset)
{
    public override int Height { get; } = Math.Max(input?.Height ?? 0, arguments.Height) + 1;

    public override object? Evaluate(Rendering rendering, Scope scope) => Apply(rendering, scope, input!.Evaluate(rendering, scope));

    public object? Apply(Rendering rendering, Scope scope, object? value)
    {
        Arguments given = arguments.Evaluate(rendering, scope);
        rendering.Step(Offset);
        return function(rendering, value, given.For(name));
    }
}

/// <summary><c>value is name(arguments)</c> and <c>is not</c>.</summary>
internal sealed class Test(int offset, Expression operand, string name, TestFunction function, ArgumentList arguments, bool negated) : Expression(offset)
{
    public override int Height { get; } = Math.Max(operand.Height, arguments.Height) + 1;

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? value = operand.Evaluate(rendering, scope);
        Arguments given = arguments.Evaluate(rendering, scope);
        rendering.Step(Offset);
        return function(rendering, value, given.For(name)) != negated;
    }
}
