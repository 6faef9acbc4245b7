using Sarsen.Text.Templates.Syntax;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates;

/// <summary>
/// A Jinja template, read once and rendered any number of times by any number of threads. It sees the values it is given
/// and the functions of <see cref="FunctionCatalogue"/>, nothing else: no files, no types, no reflection.
/// Source: Jinja 3.1, Template Designer Documentation; the subset is what chat templates use.
/// </summary>
internal sealed class Template
{
    private readonly Block _body;

    private Template(string source, Block body, TemplateOptions options)
    {
        (Source, _body, Options) = (source, body, options);
    }

    public string Source { get; }

    public TemplateOptions Options { get; }

    /// <exception cref="TemplateException">The source breaks the syntax, or uses a statement, filter or test that is not there.</exception>
    /// <exception cref="TemplateLimitException">It is too long or nested too deeply.</exception>
    public static Template Parse(string source, TemplateOptions options)
    {
        if (source.Length > options.Limits.MaxSource)
            throw new TemplateLimitException(1, 1, 0, $"the template has {source.Length} characters, at most {options.Limits.MaxSource} are allowed");
        var text = new SourceText(source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'));
        List<Token> tokens = new Lexer(text, options).Run();
        return new Template(text.Text, new Parser(text, tokens, options.Limits).ParseTemplate(), options);
    }

    /// <param name="variables">Values as <see cref="Value"/> describes them.</param>
    /// <exception cref="TemplateException">An operation does not suit its values.</exception>
    /// <exception cref="TemplateLimitException">A limit was exceeded.</exception>
    /// <exception cref="TemplateRaisedException">The template called <c>raise_exception</c>.</exception>
    public string Render(IEnumerable<KeyValuePair<string, object?>> variables)
    {
        var rendering = new Rendering(new SourceText(Source), Options);
        var globals = new Scope(null);
        foreach ((string name, Function function) in FunctionCatalogue.All)
            globals.Set(name, function);
        var scope = new Scope(globals);
        foreach ((string name, object? value) in variables)
            scope.Set(name, value);
        return rendering.Capture(_body, scope);
    }
}
