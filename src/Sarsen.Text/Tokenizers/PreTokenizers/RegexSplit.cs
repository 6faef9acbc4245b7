using System.Globalization;
using System.Text.RegularExpressions;

namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Splits at the matches of a pattern that has no scanner of its own. The runtime matches UTF-16 code units, so a character
/// of two is stood in for by one of its category while matching: <c>\p{L}</c> and the like see what they should; only ranges
/// of such characters, written out in a pattern, do not. Where case is ignored, the long s and the Kelvin sign are no s and k.
/// </summary>
internal sealed class RegexSplit(Regex pattern, SplitBehavior behavior, bool invert = false) : MatchSplit(behavior, invert)
{
    private static readonly char[] StandIns = MakeStandIns();

    public override void Apply(Pieces pieces)
    {
        if (pieces.Text.Text.ContainsAnyInRange('\uD800', '\uDFFF'))
            ApplyWithStandIns(pieces);
        else
            base.Apply(pieces);
    }

    protected override (int Start, int End) Find(ReadOnlySpan<char> text, int from)
    {
        foreach (ValueMatch match in pattern.EnumerateMatches(text, from))
        {
            if (match.Length > 0)
                return (match.Index, match.Index + match.Length);
        }
        return (text.Length, text.Length);
    }

    private void ApplyWithStandIns(Pieces pieces)
    {
        ReadOnlySpan<char> text = pieces.Text.Text;
        char[] standing = new char[text.Length];
        // Where each stand-in's character is in the text, and where each code unit's stand-in is.
        int[] origin = new int[text.Length + 1];
        int[] place = new int[text.Length + 1];
        int count = 0;
        for (int i = 0; i < text.Length;)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            standing[count] = pair ? StandIns[(int)CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(text[i], text[i + 1]))] : text[i];
            (origin[count], place[i]) = (i, count);
            i += pair ? 2 : 1;
            count++;
        }
        (origin[count], place[text.Length]) = (text.Length, count);
        var stood = new Pieces();
        stood.Text.Set(standing.AsSpan(0, count));
        for (int p = 0; p < pieces.Count; p++)
            stood.Add(place[pieces[p].Start], place[pieces[p].End]);
        stood.Commit();
        base.Apply(stood);
        for (int p = 0; p < stood.Count; p++)
            pieces.Add(origin[stood[p].Start], origin[stood[p].End]);
        pieces.Commit();
    }

    // The last character of each category: patterns that list characters list those in common use, which come early.
    private static char[] MakeStandIns()
    {
        char[] standIns = new char[(int)UnicodeCategory.OtherNotAssigned + 1];
        for (int c = 0; c <= char.MaxValue; c++)
            standIns[(int)CharUnicodeInfo.GetUnicodeCategory(c)] = (char)c;
        return standIns;
    }
}
