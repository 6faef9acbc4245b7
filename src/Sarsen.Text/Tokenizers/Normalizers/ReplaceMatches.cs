using System.Text.RegularExpressions;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Puts a text in place of each match of a pattern.</summary>
internal sealed class ReplaceMatches(Regex pattern, string content) : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        int next = 0;
        foreach (ValueMatch match in pattern.EnumerateMatches(text))
        {
            buffer.Append(text[next..match.Index]);
            buffer.Append(content);
            next = match.Index + match.Length;
        }
        buffer.Append(text[next..]);
        buffer.Commit();
    }
}
