using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary>A request to continue texts; what is in it has been checked, as far as no model is needed.</summary>
internal sealed record CompletionRequest
{
    // OpenAI's; chat has no such limit.
    private const int UsualMaxTokens = 16, MostTopLogprobs = 5;

    // As many as may wait: more would be refused by the queue each time.
    private const int MostAnswers = 256;

    public required string Model { get; init; }

    public required IReadOnlyList<TextInput> Prompts { get; init; }

    public required GenerationOptions Options { get; init; }

    /// <summary>Of each prompt.</summary>
    public required int Answers { get; init; }

    /// <summary>Answers begin with their prompt.</summary>
    public required bool Echo { get; init; }

    /// <summary>Null where the answer is not streamed; else whether its usage follows.</summary>
    public required bool? StreamsUsage { get; init; }

    /// <exception cref="OpenAiException">A field is wrong.</exception>
    public static CompletionRequest Read(RequestFields fields)
    {
        long? logprobs = fields.Integer("logprobs", 0, MostTopLogprobs);
        var request = new CompletionRequest
        {
            Model = fields.RequiredText("model"),
            Prompts = TextInput.ReadAll(fields, "prompt"),
            Options = GenerationFields.Options(fields) with
            {
                MaxTokens = (int)(fields.Integer("max_tokens", 1, int.MaxValue) ?? UsualMaxTokens),
                TopLogprobs = (int?)logprobs,
                Continues = true,
            },
            Answers = GenerationFields.Answers(fields),
            Echo = fields.Flag("echo") ?? false,
            StreamsUsage = GenerationFields.StreamsUsage(fields),
        };
        if (request.Echo && logprobs is not null)
            throw OpenAiException.Unsupported("'echo' with 'logprobs' is not supported: log probabilities are told of the answer's tokens only", "echo");
        if (fields.Integer("best_of", 0, 20) is { } best && best > request.Answers)
            throw OpenAiException.Unsupported($"'best_of' is {best}: all {request.Answers} answers that are made are sent, so it can be no more than 'n'", "best_of");
        if (fields.Text("suffix") is { Length: > 0 })
            throw OpenAiException.Unsupported("'suffix' is not supported: texts are continued, not filled", "suffix");
        if (request.Prompts.Count * (long)request.Answers > MostAnswers)
            throw OpenAiException.Invalid($"{request.Prompts.Count} prompts with {request.Answers} answers each are more than {MostAnswers} answers: send fewer at once", "prompt", "array_above_max_length");
        fields.Accept("user");
        fields.Done();
        return request;
    }
}
