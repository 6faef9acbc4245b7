namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Drops marks: all of category M, or only Mn. For text that was decomposed before.</summary>
internal sealed class StripAccents(bool nonSpacingOnly) : Normalizer
{
    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        for (int i = 0; i < text.Length;)
        {
            CharClass kind = CharClasses.Of(text, i, out int length);
            if ((kind & CharClass.Mark) == 0 || nonSpacingOnly && !IsNonSpacing(text.Slice(i, length)))
                buffer.Append(text.Slice(i, length));
            i += length;
        }
        buffer.Commit();
    }

    private static bool IsNonSpacing(ReadOnlySpan<char> one)
    {
        int code = one.Length == 2 ? char.ConvertToUtf32(one[0], one[1]) : one[0];
        return System.Globalization.CharUnicodeInfo.GetUnicodeCategory(code) == System.Globalization.UnicodeCategory.NonSpacingMark;
    }
}
