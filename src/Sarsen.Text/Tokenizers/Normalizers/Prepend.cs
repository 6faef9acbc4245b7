namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Puts a text before another that is not empty, or only before one that does not begin with it.</summary>
internal sealed class Prepend(string prefix, bool onlyIfMissing = false) : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        if (text.IsEmpty || onlyIfMissing && text.StartsWith(prefix, StringComparison.Ordinal))
            return;
        buffer.Append(prefix);
        buffer.Append(text);
        buffer.Commit();
    }
}
