namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Splits at each mark of punctuation: category P, and the ASCII that prints and is neither letter nor digit.</summary>
internal sealed class PunctuationSplit(SplitBehavior behavior) : MatchSplit(behavior)
{
    protected override (int Start, int End) Find(ReadOnlySpan<char> text, int from)
    {
        for (int i = from; i < text.Length;)
        {
            CharClass kind = CharClasses.Of(text, i, out int length);
            if (BertSplit.IsPunctuation(kind, text[i]))
                return (i, i + length);
            i += length;
        }
        return (text.Length, text.Length);
    }
}
