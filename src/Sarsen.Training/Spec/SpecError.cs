using System.Text;

namespace Sarsen.Training.Spec;

/// <summary>One mistake in a spec.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Path">Where it stands in the spec: <c>model.layers[2].conv2d.filters</c>; "" at the top.</param>
/// <param name="Message">What was found and what was expected.</param>
/// <param name="Suggestion">The nearest right word, or null.</param>
public sealed record SpecError(int Line, int Column, string Path, string Message, string? Suggestion = null)
{
    private const int Width = 100;

    /// <summary>The file, or <c>--set</c>.</summary>
    public string Source { get; init; } = "spec";

    /// <summary>The line it stands on.</summary>
    public string Excerpt { get; init; } = "";

    /// <summary>How many characters the caret underlines.</summary>
    public int Length { get; init; } = 1;

    /// <summary><c>file:line:column: path: message; did you mean 'word'?</c></summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Source).Append(':').Append(Line).Append(':').Append(Column).Append(": ");
        if (Path.Length > 0)
            text.Append(Path).Append(": ");
        text.Append(Printable(Message));
        if (Suggestion is not null)
            text.Append("; did you mean '").Append(Suggestion).Append("'?");
        return text.ToString();
    }

    /// <summary>The message, and below it the line with a caret under the mistake.</summary>
    public string ToDisplay()
    {
        if (Excerpt.Length == 0)
            return ToString();
        int at = Math.Clamp(Column - 1, 0, Excerpt.Length);
        int from = Math.Max(0, at - Width / 2);
        string shown = Excerpt.Substring(from, Math.Min(Width, Excerpt.Length - from));
        int carets = Math.Clamp(Length, 1, Math.Max(1, shown.Length - (at - from)));
        string number = Line.ToString();
        return $"""
            {this}
              {number} | {Printable(shown)}
              {new string(' ', number.Length)} | {new string(' ', at - from)}{new string('^', carets)}
            """;
    }

    // The text is a stranger's and goes to a terminal: no escape codes, and one column a character.
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        });
}
