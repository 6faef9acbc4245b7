using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sarsen.Text.Tokenizers;

/// <summary>What patterns of pre-tokenizers ask of a character, one bit each, from its general category in Unicode.</summary>
[Flags]
internal enum CharClass : byte
{
    Other = 0,

    /// <summary>L.</summary>
    Letter = 1,

    /// <summary>N.</summary>
    Number = 2,

    /// <summary>The property White_Space, not the category Z.</summary>
    Space = 4,

    /// <summary>M.</summary>
    Mark = 8,

    /// <summary>P.</summary>
    Punctuation = 16,

    /// <summary>S.</summary>
    Symbol = 32,

    /// <summary>Lu and Lt.</summary>
    Upper = 64,

    /// <summary>Ll.</summary>
    Lower = 128,
}

/// <summary>The classes of the characters: a table for those of one UTF-16 code unit, the categories for the others.</summary>
internal static class CharClasses
{
    private static readonly CharClass[] Table = MakeTable();

    /// <param name="text">The text.</param>
    /// <param name="at">Where a character begins.</param>
    /// <param name="length">Its code units: 1 or 2; half a pair is a character without a class.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CharClass Of(ReadOnlySpan<char> text, int at, out int length)
    {
        char c = text[at];
        length = 1;
        return char.IsSurrogate(c) ? OfPair(text, at, ref length) : Table[c];
    }

    public static CharClass Of(int codePoint)
    {
        CharClass kind = CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharClass.Letter | CharClass.Upper,
            UnicodeCategory.LowercaseLetter => CharClass.Letter | CharClass.Lower,
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharClass.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharClass.Number,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharClass.Mark,
            UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation => CharClass.Punctuation,
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol
                or UnicodeCategory.OtherSymbol => CharClass.Symbol,
            _ => CharClass.Other,
        };
        return codePoint <= char.MaxValue && char.IsWhiteSpace((char)codePoint) ? kind | CharClass.Space : kind;
    }

    private static CharClass OfPair(ReadOnlySpan<char> text, int at, ref int length)
    {
        if (!char.IsHighSurrogate(text[at]) || at + 1 >= text.Length || !char.IsLowSurrogate(text[at + 1]))
            return CharClass.Other;
        length = 2;
        return Of(char.ConvertToUtf32(text[at], text[at + 1]));
    }

    private static CharClass[] MakeTable()
    {
        var table = new CharClass[char.MaxValue + 1];
        for (int c = 0; c < table.Length; c++)
            table[c] = Of(c);
        return table;
    }
}
