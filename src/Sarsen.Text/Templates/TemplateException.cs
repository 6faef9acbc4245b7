using Sarsen.Formats;

namespace Sarsen.Text.Templates;

/// <summary>A chat template, or what it was given, is not what it should be. The message names line and column.</summary>
public class TemplateException : ModelFormatException
{
    /// <param name="line">From 1.</param>
    /// <param name="column">From 1, in UTF-16 units.</param>
    /// <param name="offset">UTF-16 units from the beginning of the source, with line ends as one unit each.</param>
    /// <param name="message">What was found, what was expected, and where there is one the cure.</param>
    public TemplateException(int line, int column, long offset, string message)
        : base(FormattableString.Invariant($"chat template, line {line}, column {column}"), offset, message)
    {
        (Line, Column) = (line, column);
    }

    public int Line { get; }

    public int Column { get; }
}
