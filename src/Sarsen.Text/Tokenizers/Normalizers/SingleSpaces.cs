namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>No spaces (U+0020) at the ends and no two in a row: <c>remove_extra_whitespaces</c> of SentencePiece.</summary>
internal sealed class SingleSpaces : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        char before = '\0';
        foreach (char c in buffer.Text.Trim(' '))
        {
            if (c != ' ' || before != ' ')
                buffer.Append(c);
            before = c;
        }
        buffer.Commit();
    }
}
