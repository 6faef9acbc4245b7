using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>The tokens of a request, as both kinds of completions tell them.</summary>
internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens, PromptTokensDetails PromptTokensDetails, CompletionTokensDetails CompletionTokensDetails)
{
    /// <summary>Of several answers. Prompts are counted once, however many answers each got.</summary>
    /// <param name="answers">What each took, the answers to a prompt together.</param>
    /// <param name="answersEach">Answers of each prompt.</param>
    /// <param name="thoughtTokens">Tokens of answers that were thinking.</param>
    public static Usage Of(IReadOnlyList<GenerationUsage> answers, int answersEach, int thoughtTokens = 0)
    {
        GenerationUsage[] prompts = [.. answers.Where((_, i) => i % answersEach == 0)];
        int prompt = prompts.Sum(u => u.PromptTokens), completion = answers.Sum(u => u.AnswerTokens);
        return new Usage(prompt, completion, prompt + completion, new(prompts.Sum(u => u.CachedTokens), 0), new(thoughtTokens, 0, 0, 0));
    }
}

internal sealed record PromptTokensDetails(int CachedTokens, int AudioTokens);

internal sealed record CompletionTokensDetails(int ReasoningTokens, int AudioTokens, int AcceptedPredictionTokens, int RejectedPredictionTokens);
