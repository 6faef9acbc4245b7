namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// White space is dropped, and each mark of punctuation is a piece of its own: category P, and the ASCII that prints and is
/// neither letter nor digit. Source: <c>BasicTokenizer</c> of google-research/bert.
/// </summary>
internal sealed class BertSplit : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            (int offset, int start) = (pieces[p].Start, 0);
            for (int i = 0; i < piece.Length;)
            {
                CharClass kind = CharClasses.Of(piece, i, out int length);
                bool punctuation = IsPunctuation(kind, piece[i]);
                if (punctuation || (kind & CharClass.Space) != 0)
                {
                    pieces.Add(offset + start, offset + i);
                    start = i + length;
                }
                if (punctuation)
                    pieces.Add(offset + i, offset + i + length);
                i += length;
            }
            pieces.Add(offset + start, offset + piece.Length);
        }
        pieces.Commit();
    }

    internal static bool IsPunctuation(CharClass kind, char c) => (kind & CharClass.Punctuation) != 0 || c <= '\u007F' && (kind & CharClass.Symbol) != 0;
}
