using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

internal readonly record struct Parameter(string Name, Expression? Default);

/// <summary>What macros and the bodies of call statements have: parameters with defaults, and a body that makes text.</summary>
internal sealed class MacroSyntax(string name, Parameter[] parameters, Block body)
{
    public string Name => name;

    public Parameter[] Parameters => parameters;

    public Block Body => body;
}

/// <summary><c>{% macro name(parameters) %} … {% endmacro %}</c>.</summary>
internal sealed class Macro(int offset, MacroSyntax syntax) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        scope.Set(syntax.Name, new MacroValue(syntax, scope));
        return Flow.Next;
    }
}

/// <summary><c>{% call(parameters) macro(arguments) %} … {% endcall %}</c>: the macro gets the body as <c>caller</c>.</summary>
internal sealed class CallStatement(int offset, Call call, MacroSyntax caller) : Statement(offset)
{
    public override Flow Execute(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        rendering.Write(ValueText.Printed(rendering, call.Evaluate(rendering, scope, new MacroValue(caller, scope))));
        return Flow.Next;
    }
}

/// <summary>A macro that a template can call. It sees the names of where it stands, not of where it is called from.</summary>
internal sealed class MacroValue(MacroSyntax syntax, Scope outer) : Callable
{
    public override string Name => syntax.Name;

    public override object? Call(Rendering rendering, Arguments arguments)
    {
        // Before the defaults: one of them may call this macro.
        rendering.Enter();
        var scope = new Scope(outer);
        Parameter[] parameters = syntax.Parameters;
        Dictionary<string, object?> named = arguments.Named;
        int used = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            (string name, Expression? byDefault) = parameters[i];
            if (i < arguments.Positional.Count)
            {
                scope.Set(name, arguments.Positional[i]);
                continue;
            }
            if (named.TryGetValue(name, out object? value))
                used++;
            else
                value = byDefault is null ? new Undefined(name) : byDefault.Evaluate(rendering, scope);
            scope.Set(name, value);
        }
        SetRest(rendering, scope, arguments, used);
        string text = rendering.Capture(syntax.Body, scope);
        rendering.Leave();
        return text;
    }

    private void SetRest(Rendering rendering, Scope scope, Arguments arguments, int used)
    {
        int count = syntax.Parameters.Length;
        var more = new ListValue(Math.Max(0, arguments.Positional.Count - count), isTuple: true);
        for (int i = count; i < arguments.Positional.Count; i++)
            more.Items.Add(arguments.Positional[i]);
        scope.Set("varargs", more);
        var kwargs = new DictValue();
        if (arguments.Named.Count > used)
        {
            rendering.Charge(arguments.Named.Count);
            foreach ((string name, object? value) in arguments.Named)
            {
                if (name == "caller")
                    scope.Set(name, value);
                else if (!Array.Exists(syntax.Parameters, p => p.Name == name))
                    kwargs.Items[name] = value;
            }
        }
        scope.Set("kwargs", kwargs);
    }
}
