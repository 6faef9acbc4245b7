using System.Text.Json;

namespace Sarsen.Serving.Language.Tools;

/// <summary>
/// How models of a family write that they want functions called. A format knows the template that it belongs to, the grammar
/// that holds a model to it, and how its text is read.
/// </summary>
public abstract class ToolFormat
{
    /// <summary>For messages and logs.</summary>
    public abstract string Name { get; }

    /// <summary>Texts that are special tokens in some tokenizers, and part of calls.</summary>
    internal abstract IReadOnlyList<string> Markers { get; }

    /// <summary>Whether more than one call can stand in an answer.</summary>
    public virtual bool AllowsSeveral => true;

    /// <summary>Whether a template writes calls so.</summary>
    internal abstract bool Writes(string template);

    /// <summary>
    /// GBNF in which the rule <c>calls</c> is one call or more, to one of the tools, whose arguments are the rules
    /// <c>args0</c>, <c>args1</c>, …; and the rule <c>free</c>, any text that is no call.
    /// </summary>
    internal abstract string Rules(IReadOnlyList<string> names, bool several);

    /// <summary>Reads an answer as it comes.</summary>
    /// <param name="names">The functions that there are: JSON that calls none of them is text.</param>
    public abstract ToolCallReader Reader(IReadOnlySet<string> names);

    /// <summary>An id that the format's templates take.</summary>
    public virtual string NewId() => "call_" + Ids.Random(24);

    /// <summary><c>"name"</c> as JSON, as a text of GBNF.</summary>
    internal static string QuotedName(string name) => Gbnf($"\"{JsonEncodedText.Encode(name)}\"");

    /// <summary>A text of GBNF.</summary>
    internal static string Gbnf(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    /// <summary>
    /// GBNF for any text without a marker, whose first character is nowhere else in it: other characters, or beginnings of the
    /// marker that go on otherwise. A beginning may be followed by another, because that begins with the first character.
    /// </summary>
    internal static string Without(string marker)
    {
        string[] beginnings = [.. Enumerable.Range(1, marker.Length - 1).Select(n => Gbnf(marker[..n]))];
        char first = marker[0];
        string any = string.Join(" | ", beginnings);
        string broken = string.Join(" | ", Enumerable.Range(1, marker.Length - 1).Select(n => $"{Gbnf(marker[..n])} [^{Class(first)}{Class(marker[n])}]"));
        return $"( [^{Class(first)}] | ( {any} )* ( {broken} ) )* ( {any} )*";
    }

    private static string Class(char c) => c is '[' or ']' or '-' or '^' or '\\' ? $"\\{c}" : c.ToString();
}
