using System.Text;

namespace Sarsen.Chat;

/// <summary>
/// What a person says next: a line, or several, where a line ends with a backslash or the text stands between lines that begin
/// and end with three quotation marks.
/// </summary>
/// <param name="reader">Where lines come from.</param>
/// <param name="prompt">Told before each line whether it goes on.</param>
internal sealed class ChatInput(TextReader reader, Action<bool> prompt)
{
    private const string Quotes = "\"\"\"";

    /// <summary>Null at the end.</summary>
    public string? Next()
    {
        prompt(false);
        if (reader.ReadLine() is not { } line)
            return null;
        if (line.TrimStart().StartsWith(Quotes, StringComparison.Ordinal))
            return Quoted(line.TrimStart()[Quotes.Length..]);
        var text = new StringBuilder();
        while (line.EndsWith('\\'))
        {
            text.Append(line.AsSpan(0, line.Length - 1)).Append('\n');
            prompt(true);
            if (reader.ReadLine() is not { } more)
                return text.ToString();
            line = more;
        }
        return text.Append(line).ToString();
    }

    private string Quoted(string line)
    {
        var text = new StringBuilder();
        while (true)
        {
            if (line.TrimEnd().EndsWith(Quotes, StringComparison.Ordinal))
                return text.Append(line.TrimEnd().AsSpan(0, line.TrimEnd().Length - Quotes.Length)).ToString().Trim('\n');
            text.Append(line).Append('\n');
            prompt(true);
            if (reader.ReadLine() is not { } more)
                return text.ToString().Trim('\n');
            line = more;
        }
    }
}
