using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sarsen.Training.Spec.Yaml;

/// <summary>
/// Writes a tree as YAML, one text for one tree: maps in blocks of two spaces, lists of single values in one line,
/// text in double quotes wherever a reader could take it for anything else.
/// </summary>
internal static class YamlText
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(SpecNode root)
    {
        var text = new StringBuilder();
        if (OnOneLine(root) is { } line)
            text.Append(line).Append('\n');
        else
            WriteBlock(text, root, 0, startsOnThisLine: true);
        return text.ToString();
    }

    /// <summary>A number as YAML, the shortest that reads back to the same bits.</summary>
    public static ScalarNode Number(IFormattable value) => new(SpecMark.None, value.ToString(null, CultureInfo.InvariantCulture));

    public static ScalarNode Text(string value) =>
        new(SpecMark.None, value, quoted: true);

    private static void WriteBlock(StringBuilder text, SpecNode node, int indent, bool startsOnThisLine)
    {
        string margin = new(' ', indent);
        bool first = startsOnThisLine;
        if (node is ListNode list)
        {
            foreach (SpecNode item in list.Items)
            {
                text.Append(first ? "" : margin).Append("- ");
                WriteAfterDash(text, item, indent + 2);
                first = false;
            }
            return;
        }
        foreach (MapEntry entry in ((MapNode)node).Entries)
        {
            text.Append(first ? "" : margin).Append(Quote(entry.Key)).Append(':');
            if (OnOneLine(entry.Value) is { } line)
                text.Append(' ').Append(line).Append('\n');
            else
                WriteBlock(text.Append('\n'), entry.Value, indent + 2, startsOnThisLine: false);
            first = false;
        }
    }

    private static void WriteAfterDash(StringBuilder text, SpecNode item, int indent)
    {
        if (OnOneLine(item) is { } line)
            text.Append(line).Append('\n');
        else
            WriteBlock(text, item, indent, startsOnThisLine: true);
    }

    private static string? OnOneLine(SpecNode node) => node switch
    {
        ScalarNode scalar => scalar.Quoted ? Quote(scalar.Value) : scalar.Value,
        ListNode list when list.Items.All(i => i is ScalarNode) => $"[{string.Join(", ", list.Items.Select(OnOneLine))}]",
        MapNode { Entries.Count: 0 } => "{}",
        _ => null,
    };

    private static string Quote(string value) => IsPlain(value) ? value : JsonSerializer.Serialize(value, Quoting);

    // Narrower than YAML allows, so that no reader of any version takes it for another type.
    private static bool IsPlain(string value) =>
        value.Length > 0
        && char.IsAsciiLetter(value[0])
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
        && ScalarNode.Resolve(value) == ScalarKind.Text
        && value.ToLowerInvariant() is not ("yes" or "no" or "on" or "off" or "y" or "n");
}
