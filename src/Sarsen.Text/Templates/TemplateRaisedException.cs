namespace Sarsen.Text.Templates;

/// <summary>The template itself refused what it was given, by <c>raise_exception</c>: a role it does not know, roles out of order.</summary>
public sealed class TemplateRaisedException(int line, int column, long offset, string reason) : TemplateException(line, column, offset, reason)
{
    /// <summary>The template's own words.</summary>
    public string Reason { get; } = reason;
}
