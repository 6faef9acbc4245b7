using System.Globalization;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>
/// What BERT does before lower case: control characters go, white space becomes a space, and spaces stand around Chinese
/// characters. Source: <c>BasicTokenizer</c> of google-research/bert.
/// </summary>
internal sealed class BertCleaning(bool clean, bool spaceChinese) : Normalizer
{
    private const int Replacement = 0xFFFD;

    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        for (int i = 0; i < text.Length;)
        {
            CharClass kind = CharClasses.Of(text, i, out int length);
            int code = length == 2 ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i];
            ReadOnlySpan<char> one = text.Slice(i, length);
            i += length;
            if (clean && (code is 0 or Replacement || IsControl(code)))
                continue;
            if (clean && (kind & CharClass.Space) != 0)
            {
                buffer.Append(' ');
            }
            else if (spaceChinese && IsChinese(code))
            {
                buffer.Append(' ');
                buffer.Append(one);
                buffer.Append(' ');
            }
            else
            {
                buffer.Append(one);
            }
        }
        buffer.Commit();
    }

    private static bool IsControl(int code) => code is not ('\t' or '\n' or '\r') && CharUnicodeInfo.GetUnicodeCategory(code)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate
            or UnicodeCategory.OtherNotAssigned;

    private static bool IsChinese(int code) => code is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
