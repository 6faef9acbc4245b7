namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Puts one text in place of each occurrence of another.</summary>
internal sealed class Replace(string pattern, string content) : Normalizer
{
    public string Pattern => pattern;

    public string Content => content;

    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        if (pattern.Length == 1 && content.Length == 1)
        {
            text.Replace(buffer.Reserve(text.Length), pattern[0], content[0]);
            buffer.Commit();
            return;
        }
        int found = text.IndexOf(pattern, StringComparison.Ordinal);
        if (found < 0)
            return;
        for (; found >= 0; found = text.IndexOf(pattern, StringComparison.Ordinal))
        {
            buffer.Append(text[..found]);
            buffer.Append(content);
            text = text[(found + pattern.Length)..];
        }
        buffer.Append(text);
        buffer.Commit();
    }
}
