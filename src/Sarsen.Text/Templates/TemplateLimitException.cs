namespace Sarsen.Text.Templates;

/// <summary>A template asked for more than <see cref="TemplateLimits"/> grant.</summary>
public sealed class TemplateLimitException(int line, int column, long offset, string message) : TemplateException(line, column, offset, message);
