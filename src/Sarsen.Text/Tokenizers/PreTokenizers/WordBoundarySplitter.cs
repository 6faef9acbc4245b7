namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Cuts before each run of <c>▁</c>. Only for vocabularies in which no token has a <c>▁</c> behind another character: no
/// merge can then reach over these cuts, so the tokens are the same as those of the whole text, and words can be cached.
/// </summary>
internal sealed class WordBoundarySplitter : Splitter
{
    public const char Mark = '\u2581';

    public override int Next(ReadOnlySpan<char> text, int start)
    {
        int word = text[start..].IndexOfAnyExcept(Mark);
        if (word < 0)
            return text.Length;
        int end = text[(start + word)..].IndexOf(Mark);
        return end < 0 ? text.Length : start + word + end;
    }

    public static bool FitsAll(IEnumerable<string> tokens) => tokens.All(t => !t.AsSpan().TrimStart(Mark).Contains(Mark));
}
