namespace Sarsen.Data.Sources.Values;

/// <summary>Words and spaces in bytes of text.</summary>
internal static class Ascii
{
    /// <summary>Equal but for the case of letters.</summary>
    public static bool Is(ReadOnlySpan<byte> text, string lowerWord) =>
        text.Length == lowerWord.Length && System.Text.Ascii.EqualsIgnoreCase(text, lowerWord);

    /// <summary>Without spaces and tabs at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        if (text.Length == 0 || (text[0] > ' ' && text[^1] > ' '))
            return text;
        return text.Trim(" \t"u8);
    }
}
