namespace Sarsen.Serving.Language;

/// <summary>What an engine has done since it was made, and does now.</summary>
/// <param name="Waiting">Requests that wait.</param>
/// <param name="Running">Requests whose answers are generated.</param>
/// <param name="Finished">Answers that came to their end.</param>
/// <param name="Cancelled">Answers that nobody wanted any more, or that were late.</param>
/// <param name="Rejected">Requests that found the queue full.</param>
/// <param name="Failed">Answers that broke off with an error.</param>
/// <param name="PromptTokens">Tokens of prompts, of finished answers.</param>
/// <param name="CachedTokens">Those of them that had not to be computed.</param>
/// <param name="AnswerTokens">Tokens of finished answers.</param>
/// <param name="PromptTime">Time until the first token, without waiting.</param>
/// <param name="AnswerTime">Time from the first token to the last.</param>
public sealed record EngineStatistics(
    int Waiting, int Running, long Finished, long Cancelled, long Rejected, long Failed,
    long PromptTokens, long CachedTokens, long AnswerTokens, TimeSpan PromptTime, TimeSpan AnswerTime)
{
    /// <summary>Blocks of the cache that answers hold; 0 where none is generated.</summary>
    public int UsedBlocks { get; init; }

    /// <summary>Blocks of the cache.</summary>
    public int Blocks { get; init; }

    /// <summary>Bytes of the compiled constraints that requests use that wait or run.</summary>
    public long ConstraintBytes { get; init; }
}
