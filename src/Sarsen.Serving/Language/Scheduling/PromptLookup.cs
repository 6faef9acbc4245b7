namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// Guesses how a text goes on from where it last said the same: summaries, corrections and code repeat what they are about.
/// A guess costs one run of the model with the token before, and is kept where the model would have chosen it: answers are
/// those without guesses. Source: Saxena, «Prompt lookup decoding», 2023.
/// </summary>
internal static class PromptLookup
{
    /// <summary>What was said before must be as long, at least; the longest is tried first.</summary>
    private const int Shortest = 2, Longest = 4;

    /// <summary>How far back is looked.</summary>
    private const int Window = 4096;

    /// <summary>Where the tokens are that followed the last time, and how many; none where there was no last time.</summary>
    /// <param name="tokens">Prompt and answer so far.</param>
    /// <param name="most">As many, at most.</param>
    public static (int At, int Count) Guess(ReadOnlySpan<int> tokens, int most)
    {
        int skipped = Math.Max(0, tokens.Length - Window);
        tokens = tokens[skipped..];
        for (int length = Math.Min(Longest, tokens.Length - 1); length >= Shortest && most > 0; length--)
        {
            int at = tokens[..^1].LastIndexOf(tokens[^length..]);
            if (at >= 0)
                return (skipped + at + length, Math.Min(most, tokens.Length - at - length));
        }
        return (0, 0);
    }
}
