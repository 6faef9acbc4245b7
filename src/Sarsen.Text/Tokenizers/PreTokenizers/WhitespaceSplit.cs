namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>The runs between white space, which is dropped.</summary>
internal sealed class WhitespaceSplit : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            (int offset, int start) = (pieces[p].Start, 0);
            for (int i = 0; i < piece.Length; i++)
            {
                if (!char.IsWhiteSpace(piece[i]))
                    continue;
                pieces.Add(offset + start, offset + i);
                start = i + 1;
            }
            pieces.Add(offset + start, offset + piece.Length);
        }
        pieces.Commit();
    }
}
