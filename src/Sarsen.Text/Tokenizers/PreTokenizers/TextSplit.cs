namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Splits at each occurrence of a text, which is not empty.</summary>
internal sealed class TextSplit(string delimiter, SplitBehavior behavior, bool invert) : MatchSplit(behavior, invert)
{
    protected override (int Start, int End) Find(ReadOnlySpan<char> text, int from)
    {
        int found = text[from..].IndexOf(delimiter, StringComparison.Ordinal);
        return found < 0 ? (text.Length, text.Length) : (from + found, from + found + delimiter.Length);
    }
}
