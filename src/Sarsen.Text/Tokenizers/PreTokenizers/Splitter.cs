namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// A pre-tokenizer whose pieces are words that follow each other without gaps, so that it can be asked for one word at a
/// time. The patterns of byte-level tokenizers are of this kind; each is a scanner written by hand.
/// </summary>
internal abstract class Splitter : PreTokenizer
{
    /// <summary>Where the word ends that begins at <paramref name="start"/>, which is within the text.</summary>
    public abstract int Next(ReadOnlySpan<char> text, int start);

    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            int offset = pieces[p].Start;
            for (int start = 0; start < piece.Length;)
            {
                int end = Next(piece, start);
                pieces.Add(offset + start, offset + end);
                start = end;
            }
        }
        pieces.Commit();
    }

    /// <summary>Where a run of characters ends whose class has one of the bits.</summary>
    protected static int While(ReadOnlySpan<char> text, int start, CharClass wanted)
    {
        while (start < text.Length && (CharClasses.Of(text, start, out int length) & wanted) != 0)
            start += length;
        return start;
    }

    /// <summary>Where a run of characters ends whose class has none of the bits.</summary>
    protected static int Until(ReadOnlySpan<char> text, int start, CharClass unwanted)
    {
        while (start < text.Length && (CharClasses.Of(text, start, out int length) & unwanted) == 0)
            start += length;
        return start;
    }

    /// <summary>
    /// <c>\s+(?!\S)|\s+</c>: white space to its end, but its last character is left to the word behind it, unless it is
    /// the only one.
    /// </summary>
    protected static int Spaces(ReadOnlySpan<char> text, int start)
    {
        int end = While(text, start, CharClass.Space);
        return end == text.Length || end == start + 1 ? end : end - 1;
    }

    /// <summary>The code units of <c>'s|'t|'re|'ve|'m|'ll|'d</c> at a place, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<char> text, int start, bool ignoreCase)
    {
        if (text[start] != '\'' || start + 1 >= text.Length)
            return 0;
        char first = Fold(text[start + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        char second = start + 2 < text.Length ? Fold(text[start + 2], ignoreCase) : '\0';
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    // Ignoring case in Unicode, the long s is an s too.
    private static char Fold(char c, bool ignoreCase) => !ignoreCase ? c
        : c is >= 'A' and <= 'Z' ? (char)(c | 0x20)
        : c == '\u017F' ? 's' : c;
}
