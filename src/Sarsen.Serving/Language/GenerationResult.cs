namespace Sarsen.Serving.Language;

/// <summary>What an answer took.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="AnswerTokens">Tokens of the answer, its end among them.</param>
/// <param name="PromptTime">Until the first token was there.</param>
/// <param name="AnswerTime">From then to the end.</param>
public sealed record GenerationResult(FinishReason Reason, int PromptTokens, int AnswerTokens, TimeSpan PromptTime, TimeSpan AnswerTime);
