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

    /// <summary>The tokens that followed the last time; empty where there was none.</summary>
    /// <param name="tokens">Prompt and answer so far.</param>
    /// <param name="most">As many, at most.</param>
    public static ReadOnlySpan<int> Guess(ReadOnlySpan<int> tokens, int most)
    {
        if (tokens.Length > Window)
            tokens = tokens[^Window..];
        for (int length = Math.Min(Longest, tokens.Length - 1); length >= Shortest && most > 0; length--)
        {
            int at = tokens[..^1].LastIndexOf(tokens[^length..]);
            if (at >= 0)
                return tokens.Slice(at + length, Math.Min(most, tokens.Length - at - length));
        }
        return [];
    }
}
