namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. Source: <c>encoder.py</c> of openai/gpt-2.
/// </summary>
internal sealed class Gpt2Splitter : Splitter
{
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const CharClass Known = CharClass.Letter | CharClass.Number | CharClass.Space;

    public override int Next(ReadOnlySpan<char> text, int start)
    {
        if (Contraction(text, start, ignoreCase: false) is int contraction and > 0)
            return start + contraction;
        int first = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        CharClass kind = CharClasses.Of(text, first, out int length) & Known;
        return kind switch
        {
            CharClass.Letter => While(text, first + length, CharClass.Letter),
            CharClass.Number => While(text, first + length, CharClass.Number),
            CharClass.Space => Spaces(text, start),
            _ => Until(text, first + length, Known),
        };
    }
}
