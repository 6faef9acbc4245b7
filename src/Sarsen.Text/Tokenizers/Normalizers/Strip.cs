namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Drops white space at the ends of a text.</summary>
internal sealed class Strip(bool left, bool right) : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        text = left ? text.TrimStart() : text;
        text = right ? text.TrimEnd() : text;
        buffer.Append(text);
        buffer.Commit();
    }
}
