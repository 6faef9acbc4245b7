namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Puts a space before pieces that do not begin with one: <c>add_prefix_space</c> of byte-level tokenizers.</summary>
internal sealed class LeadingSpace : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            int start = pieces.Text.NextLength;
            if (piece[0] != ' ')
                pieces.Text.Append(' ');
            pieces.Text.Append(piece);
            pieces.Add(start, pieces.Text.NextLength);
        }
        pieces.CommitWithText();
    }
}
