namespace Sarsen.Text.Sampling;

/// <summary>How the next token is chosen from the logits. The names are those of OpenAI's API and of vLLM.</summary>
public sealed record SamplingOptions
{
    /// <summary>Logits are divided by it; 0 takes the likeliest token, whatever else is set. From 0 to 100.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Only so many of the likeliest tokens; 0 for all.</summary>
    public int TopK { get; init; }

    /// <summary>Only the likeliest tokens that together reach this probability. Above 0, at most 1: all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Only tokens at least so probable as this share of the likeliest one's probability. From 0: all, to 1.</summary>
    public double MinP { get; init; }

    /// <summary>
    /// Only the tokens whose information is nearest to the distribution's entropy, which together reach this probability
    /// (Meister et al., «Locally typical sampling», 2022). Above 0, at most 1: all.
    /// </summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>
    /// Logits of tokens in the prompt or the answer are divided by it where positive, and multiplied where negative (Keskar et
    /// al., «CTRL», 2019). Above 0; 1 leaves them.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken from a token's logit for each time it is in the answer. From -2 to 2.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken from a token's logit once it is in the answer. From -2 to 2.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Added to the logits of tokens, by id; from -100 to 100.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();

    /// <summary>Where the randomness begins: the same seed and logits give the same tokens.</summary>
    public ulong Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message says which and what is allowed.</exception>
    public void Validate(int vocabularySize)
    {
        Check(Temperature is >= 0 and <= 100, nameof(Temperature), Temperature, "from 0 to 100");
        Check(TopK >= 0, nameof(TopK), TopK, "0 or more");
        Check(TopP is > 0 and <= 1, nameof(TopP), TopP, "above 0 and at most 1");
        Check(MinP is >= 0 and <= 1, nameof(MinP), MinP, "from 0 to 1");
        Check(TypicalP is > 0 and <= 1, nameof(TypicalP), TypicalP, "above 0 and at most 1");
        Check(RepetitionPenalty is > 0 and <= 100, nameof(RepetitionPenalty), RepetitionPenalty, "above 0 and at most 100");
        Check(FrequencyPenalty is >= -2 and <= 2, nameof(FrequencyPenalty), FrequencyPenalty, "from -2 to 2");
        Check(PresencePenalty is >= -2 and <= 2, nameof(PresencePenalty), PresencePenalty, "from -2 to 2");
        foreach ((int token, double bias) in LogitBias)
        {
            Check((uint)token < (uint)vocabularySize, nameof(LogitBias), token, $"for tokens from 0 to {vocabularySize - 1}");
            Check(bias is >= -100 and <= 100, nameof(LogitBias), bias, "from -100 to 100");
        }
    }

    private static void Check(bool fits, string name, object value, string allowed)
    {
        if (!fits)
            throw new ArgumentOutOfRangeException(name, value, $"{name} is {allowed}");
    }
}
