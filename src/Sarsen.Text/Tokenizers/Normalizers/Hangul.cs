namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>The syllables of Hangul and their letters, which are computed. Source: the Unicode Standard, chapter 3.12.</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00, Leading = 0x1100, Vowels = 0x1161, Trailing = 0x11A7;
    private const int LeadingCount = 19, VowelCount = 21, TrailingCount = 28;
    private const int SyllableCount = LeadingCount * VowelCount * TrailingCount;

    /// <param name="code">Any code point.</param>
    /// <param name="leading">The leading consonant.</param>
    /// <param name="vowel">The vowel.</param>
    /// <param name="trailing">The trailing consonant, or 0.</param>
    public static bool TryDecompose(int code, out int leading, out int vowel, out int trailing)
    {
        int index = code - Syllables;
        leading = Leading + index / (VowelCount * TrailingCount);
        vowel = Vowels + index % (VowelCount * TrailingCount) / TrailingCount;
        trailing = index % TrailingCount == 0 ? 0 : Trailing + index % TrailingCount;
        return index is >= 0 and < SyllableCount;
    }

    /// <summary>Whether a letter may join with what is before it.</summary>
    public static bool IsVowelOrTrailing(int code) => code - Vowels is >= 0 and < VowelCount || code - Trailing is > 0 and < TrailingCount;

    /// <summary>The syllable of a leading consonant and a vowel, or of a syllable without and its trailing consonant; else -1.</summary>
    public static int Compose(int first, int second)
    {
        if (first - Leading is >= 0 and < LeadingCount && second - Vowels is >= 0 and < VowelCount)
            return Syllables + ((first - Leading) * VowelCount + (second - Vowels)) * TrailingCount;
        bool open = first - Syllables is >= 0 and < SyllableCount && (first - Syllables) % TrailingCount == 0;
        return open && second - Trailing is > 0 and < TrailingCount ? first + (second - Trailing) : -1;
    }
}
