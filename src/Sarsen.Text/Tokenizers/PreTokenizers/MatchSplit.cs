namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Splits at what a derived class finds, with one of the <see cref="SplitBehavior"/>s.</summary>
internal abstract class MatchSplit(SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public override void Apply(Pieces pieces)
    {
        for (int p = 0; p < pieces.Count; p++)
        {
            ReadOnlySpan<char> piece = pieces.Of(p);
            int offset = pieces[p].Start;
            (int start, int next) = (0, 0);
            bool lastMatched = false;
            while (next < piece.Length)
            {
                (int matchStart, int matchEnd) = Find(piece, next);
                Take(pieces, offset, ref start, next, matchStart, invert, ref lastMatched);
                Take(pieces, offset, ref start, matchStart, matchEnd, !invert, ref lastMatched);
                next = matchEnd;
            }
            pieces.Add(offset + start, offset + piece.Length);
        }
        pieces.Commit();
    }

    /// <summary>The next match at or behind a place, not empty; at the end of the text where there is none.</summary>
    protected abstract (int Start, int End) Find(ReadOnlySpan<char> text, int from);

    // [start, from) is held back, to be joined with what follows or to be added when that is known.
    private void Take(Pieces pieces, int offset, ref int start, int from, int to, bool matched, ref bool lastMatched)
    {
        if (from >= to)
            return;
        bool joins = behavior switch
        {
            SplitBehavior.MergedWithPrevious => matched && !lastMatched,
            SplitBehavior.MergedWithNext => !matched && lastMatched,
            SplitBehavior.Contiguous => matched == lastMatched,
            _ => false,
        };
        if (!joins)
        {
            pieces.Add(offset + start, offset + from);
            start = from;
        }
        if (matched && behavior == SplitBehavior.Removed)
            start = to;
        lastMatched = matched;
    }
}
