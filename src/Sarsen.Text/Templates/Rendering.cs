using System.Text;
using Sarsen.Text.Templates.Syntax;

namespace Sarsen.Text.Templates;

/// <summary>One run of a template: its output, what it used up, and where it is, for messages.</summary>
internal sealed class Rendering(SourceText source, TemplateOptions options)
{
    private StringBuilder _output = new();
    private long _steps, _size;
    private int _calls, _at;

    public TemplateOptions Options => options;

    /// <summary>Counts a statement, an expression or a value that was looked at.</summary>
    public void Step(int offset)
    {
        _at = offset;
        Step();
    }

    public void Step()
    {
        if (++_steps > options.Limits.MaxSteps)
            throw source.Limit(_at, $"the template takes more than {options.Limits.MaxSteps} steps");
    }

    /// <summary>Counts characters or elements before they are made.</summary>
    public void Charge(long size)
    {
        // Neither summand is negative, and one alone is at most an int's product by an int, so the sum cannot overflow.
        _size += size;
        if (_size > options.Limits.MaxSize)
            throw source.Limit(_at, $"the template makes more than {options.Limits.MaxSize} characters and elements");
    }

    /// <summary>Opens a call of a macro; each one needs its <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++_calls > options.Limits.MaxCalls || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw source.Limit(_at, $"macros call each other deeper than {Math.Min(_calls - 1, options.Limits.MaxCalls)} levels");
    }

    public void Leave() => _calls--;

    /// <summary>Checks how deep a value lies within others: a list may hold itself.</summary>
    public void CheckDepth(int depth)
    {
        Step();
        if (depth > options.Limits.MaxCalls)
            throw source.Limit(_at, $"a value lies in others deeper than {options.Limits.MaxCalls} levels, or in itself");
    }

    public void Write(string text)
    {
        Charge(text.Length);
        _output.Append(text);
    }

    public string Capture(Block body, Scope scope)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        body.Execute(this, scope);
        string text = _output.ToString();
        _output = outer;
        return text;
    }

    public TemplateException Fail(string message) => source.Fail(_at, message);

    public TemplateRaisedException Raise(string reason)
    {
        (int line, int column) = source.Place(_at);
        return new TemplateRaisedException(line, column, _at, reason);
    }
}
