namespace Sarsen.Serving.Language;

/// <summary>A part of an answer, as it comes. One may be without text, where a token completes no character.</summary>
/// <param name="Text">The text that has become certain.</param>
/// <param name="Logprobs">The tokens that were chosen since the piece before, but for one that ended the answer, where they were asked for. A token's text may come in a later piece.</param>
/// <param name="Finish">On the last piece: why the answer ended. Null on all others.</param>
/// <param name="Usage">On the last piece: what it took.</param>
public sealed record GenerationPiece(string Text, IReadOnlyList<TokenLogprob> Logprobs, FinishReason? Finish = null, GenerationUsage? Usage = null)
{
    /// <summary>Tokens of the answer up to here, those among them whose text is still to come.</summary>
    public int Tokens { get; init; }
}

/// <summary>A token of an answer and how likely it was, by the model alone: before penalties, biases, temperature and constraints.</summary>
/// <param name="Token">Its id.</param>
/// <param name="Text">Its text; U+FFFD stands for parts of characters.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Logprob">The natural logarithm of its probability.</param>
/// <param name="Top">The likeliest at this place, the likeliest first, as many as were asked for; theirs are empty.</param>
public sealed record TokenLogprob(int Token, string Text, byte[] Bytes, double Logprob, IReadOnlyList<TokenLogprob> Top);

/// <summary>What an answer took.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="CachedTokens">Those of them that had not to be computed.</param>
/// <param name="AnswerTokens">Tokens of the answer, its end among them.</param>
/// <param name="QueueTime">From the request until the prompt was begun.</param>
/// <param name="PromptTime">From then until the first token was there.</param>
/// <param name="AnswerTime">From then to the end.</param>
public sealed record GenerationUsage(int PromptTokens, int CachedTokens, int AnswerTokens, TimeSpan QueueTime, TimeSpan PromptTime, TimeSpan AnswerTime);
