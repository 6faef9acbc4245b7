namespace Sarsen.Text.Templates;

/// <summary>A template's source, with places as line and column for messages.</summary>
internal sealed class SourceText(string text)
{
    public string Text { get; } = text;

    public (int Line, int Column) Place(int offset)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Clamp(offset, 0, Text.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }

    public TemplateException Fail(int offset, string message)
    {
        (int line, int column) = Place(offset);
        return new TemplateException(line, column, offset, message);
    }

    public TemplateLimitException Limit(int offset, string message)
    {
        (int line, int column) = Place(offset);
        return new TemplateLimitException(line, column, offset, message);
    }
}
