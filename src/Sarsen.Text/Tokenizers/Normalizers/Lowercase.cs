using System.Text;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>
/// Lower case, character by character, without regard to language or to what stands around. U+0130 is the one character
/// whose lower case is two. Source: Unicode's SpecialCasing.txt, the unconditional mappings.
/// </summary>
internal sealed class Lowercase : Normalizer
{
    private const char DottedCapitalI = '\u0130';

    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        while (!text.IsEmpty)
        {
            bool whole = Rune.DecodeFromUtf16(text, out Rune rune, out int length) == System.Buffers.OperationStatus.Done;
            if (!whole)
                buffer.Append(text[..length]);
            else if (text[0] == DottedCapitalI)
                buffer.Append("i\u0307");
            else
                buffer.Append(Rune.ToLowerInvariant(rune).Value);
            text = text[length..];
        }
        buffer.Commit();
    }
}
