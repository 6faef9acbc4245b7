namespace Sarsen.Serving.Language.Measuring;

/// <summary>What a row of a <see cref="LanguageBench"/> measures.</summary>
public enum LanguageBenchCase
{
    /// <summary>A prompt is read, by nobody else disturbed.</summary>
    Prefill,

    /// <summary>Tokens are generated one by one behind a first.</summary>
    Decode,

    /// <summary>Clients send their prompts at the same time, no two alike, and read their answers.</summary>
    Server,
}

/// <summary>One figure of speed.</summary>
/// <param name="Case">What was measured.</param>
/// <param name="Clients">How many asked at the same time; one where there is no server.</param>
/// <param name="TokensPerSecond">Tokens of the prompt, or of all answers, by the time of a round; the median of the rounds.</param>
/// <param name="Spread">The distance between the rounds' quartiles over the median; 0 of one round.</param>
public sealed record LanguageBenchRow(LanguageBenchCase Case, int Clients, double TokensPerSecond, double Spread)
{
    /// <summary>Of a server: from a request to its first token, the median of all requests.</summary>
    public TimeSpan? FirstTokenMedian { get; init; }

    /// <summary>Of a server: the wait that 95 of 100 requests have, or less.</summary>
    public TimeSpan? FirstToken95 { get; init; }
}

/// <summary>What a model takes.</summary>
/// <param name="WeightBytes">Weights, as they are held.</param>
/// <param name="CacheBytesPerToken">Keys and values of a token.</param>
/// <param name="ResidentBytes">Of the whole process, at most so far.</param>
public sealed record LanguageBenchMemory(long WeightBytes, long CacheBytesPerToken, long ResidentBytes);
