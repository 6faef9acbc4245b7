namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>,
/// with as many digits as are named and, where marks are letters, <c>[\p{L}\p{M}]</c> for <c>\p{L}</c>.
/// Source: cl100k_base in openai/tiktoken (3 digits), tokenizer.json of Llama 3 (3), Qwen 2 (1), Qwen 3.5 (1, with marks).
/// </summary>
internal sealed class Cl100kSplitter(int digits, bool marks = false) : Splitter
{
    private readonly CharClass _letter = marks ? CharClass.Letter | CharClass.Mark : CharClass.Letter;
    private readonly CharClass _known = CharClass.Letter | CharClass.Number | CharClass.Space | (marks ? CharClass.Mark : 0);

    public override int Next(ReadOnlySpan<char> text, int start)
    {
        if (Contraction(text, start, ignoreCase: true) is int contraction and > 0)
            return start + contraction;
        CharClass kind = CharClasses.Of(text, start, out int length);
        if ((kind & _letter) != 0)
            return While(text, start + length, _letter);
        if ((kind & CharClass.Number) != 0)
            return Digits(text, start, digits);
        bool newline = text[start] is '\r' or '\n';
        int next = start + length;
        CharClass following = next < text.Length ? CharClasses.Of(text, next, out int followingLength) : CharClass.Space;
        if (!newline && next < text.Length && (following & _letter) != 0)
            return While(text, next, _letter);
        if ((kind & CharClass.Space) == 0)
            return Newlines(text, Until(text, next, _known));
        if (text[start] == ' ' && (following & _known) == 0)
            return Newlines(text, Until(text, next, _known));
        return SpacesByLine(text, start);
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>: to the last end of a line within the white space, else as <see cref="Splitter.Spaces"/>.</summary>
    internal static int SpacesByLine(ReadOnlySpan<char> text, int start)
    {
        int end = While(text, start, CharClass.Space);
        int newline = text[start..end].LastIndexOfAny('\r', '\n');
        return newline >= 0 ? start + newline + 1 : Spaces(text, start);
    }

    internal static int Digits(ReadOnlySpan<char> text, int start, int most)
    {
        for (int i = 0; i < most && start < text.Length && (CharClasses.Of(text, start, out int length) & CharClass.Number) != 0; i++)
            start += length;
        return start;
    }

    private static int Newlines(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && text[start] is '\r' or '\n')
            start++;
        return start;
    }
}
