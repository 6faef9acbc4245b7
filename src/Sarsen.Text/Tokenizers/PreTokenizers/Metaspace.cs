namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Spaces become a mark, which stands before pieces as well, and pieces are cut before each mark.</summary>
internal sealed class Metaspace(char mark, PrependScheme prepend, bool split) : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            int start = pieces.Text.NextLength;
            bool first = pieces.AtBeginning && pieces[p].Start == 0;
            if ((prepend == PrependScheme.Always || prepend == PrependScheme.First && first) && piece[0] != mark && piece[0] != ' ')
                pieces.Text.Append(mark);
            foreach (char c in piece)
            {
                if (split && (c == ' ' || c == mark))
                {
                    pieces.Add(start, pieces.Text.NextLength);
                    start = pieces.Text.NextLength;
                }
                pieces.Text.Append(c == ' ' ? mark : c);
            }
            pieces.Add(start, pieces.Text.NextLength);
        }
        pieces.CommitWithText();
    }
}
