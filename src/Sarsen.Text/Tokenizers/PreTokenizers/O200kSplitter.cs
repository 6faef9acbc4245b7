namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Words with a change from lower to upper case cut apart, with U for <c>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]</c>, L for
/// <c>[\p{Ll}\p{Lm}\p{Lo}\p{M}]</c> and C for <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)?</c>:
/// <c>[^\r\n\p{L}\p{N}]?U*L+C|[^\r\n\p{L}\p{N}]?U+L*C|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// Source: o200k_base in openai/tiktoken (3 digits, contractions), tokenizer.json of Mistral NeMo (1 digit, none).
/// </summary>
internal sealed class O200kSplitter(int digits, bool contractions) : Splitter
{
    private const CharClass Known = CharClass.Letter | CharClass.Number | CharClass.Space;

    public override int Next(ReadOnlySpan<char> text, int start)
    {
        CharClass kind = CharClasses.Of(text, start, out int length);
        // The one character before a word may be anything but these; a mark can be that or part of the word, in this order.
        if ((kind & (CharClass.Letter | CharClass.Number)) == 0 && text[start] is not ('\r' or '\n') && start + length < text.Length
            && Word(text, start + length) is int prefixed and > 0)
            return prefixed;
        if (Word(text, start) is int word and > 0)
            return word;
        if ((kind & CharClass.Number) != 0)
            return Cl100kSplitter.Digits(text, start, digits);
        int first = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        if ((CharClasses.Of(text, first, out length) & Known) != 0)
            return Cl100kSplitter.SpacesByLine(text, start);
        int end = Until(text, first + length, Known);
        while (end < text.Length && text[end] is '\r' or '\n' or '/')
            end++;
        return end;
    }

    // U*L+ with U as long as can be, given back from its end until an L follows; where no L does, U+L*.
    private int Word(ReadOnlySpan<char> text, int start)
    {
        (int upperEnd, int lowerFrom) = (start, -1);
        while (upperEnd < text.Length && IsUpper(CharClasses.Of(text, upperEnd, out int length)))
        {
            // The last character of U that is an L as well is where L+ begins when no other L follows.
            if (IsLower(CharClasses.Of(text, upperEnd, out _)))
                lowerFrom = upperEnd;
            upperEnd += length;
        }
        int end = upperEnd;
        while (end < text.Length && IsLower(CharClasses.Of(text, end, out int length)))
            end += length;
        if (end == upperEnd && lowerFrom >= 0)
        {
            CharClasses.Of(text, lowerFrom, out int length);
            end = lowerFrom + length;
            while (end < text.Length && IsLower(CharClasses.Of(text, end, out length)))
                end += length;
        }
        if (end == start)
            return 0;
        return contractions && end < text.Length ? end + Contraction(text, end, ignoreCase: true) : end;
    }

    private static bool IsUpper(CharClass kind) =>
        (kind & (CharClass.Upper | CharClass.Mark)) != 0 || (kind & (CharClass.Letter | CharClass.Lower)) == CharClass.Letter;

    private static bool IsLower(CharClass kind) =>
        (kind & (CharClass.Lower | CharClass.Mark)) != 0 || (kind & (CharClass.Letter | CharClass.Upper)) == CharClass.Letter;
}
