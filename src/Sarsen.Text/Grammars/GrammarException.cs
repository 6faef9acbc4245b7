using Sarsen.Formats;

namespace Sarsen.Text.Grammars;

/// <summary>A grammar, a schema or a pattern is wrong, or asks for what cannot be enforced. The message says where and why.</summary>
public class GrammarException : ModelFormatException
{
    /// <param name="source">What it is: <c>grammar</c>, <c>JSON schema</c>, <c>regular expression</c>.</param>
    /// <param name="offset">UTF-16 units from its beginning.</param>
    /// <param name="message">What was found, what was expected, and where there is one the cure.</param>
    public GrammarException(string source, long offset, string message)
        : base(source, offset, message)
    {
    }
}

/// <summary>A grammar asked for more than <see cref="GrammarLimits"/> grant.</summary>
public sealed class GrammarLimitException(string source, string message) : GrammarException(source, 0, message);
