using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static class CompletionEndpoint
{
    public static async Task AnswerAsync(HttpContext context, LanguageModels models, ServerOptions options, ILogger<LanguageModels> log)
    {
        CompletionRequest request = CompletionRequest.Read(await JsonBody.ReadAsync(context, options));
        using var deadline = new RequestDeadline(context, options);
        using ModelLease<ServedModel> lease = await deadline.WithinAsync(stop => models.UseLanguageAsync(request.Model, stop));
        LanguageEngine engine = lease.Model.Language!;
        foreach (TextInput prompt in request.Prompts)
            GenerationFields.CheckLength(engine, prompt.Text ?? "", "prompt");
        int[][] prompts = [.. request.Prompts.Select(p => p.Encode(engine.Model.Encode))];
        foreach (int[] prompt in prompts)
            GenerationFields.Check(engine, prompt, request.Options, "prompt");
        string[] texts = [.. request.Prompts.Select((p, i) => p.Text ?? engine.Model.Tokenizer.Decode(prompts[i]))];
        CompletionAnswer[] answers = [.. Enumerable.Range(0, prompts.Length * request.Answers).Select(i => new CompletionAnswer(i, texts[i / request.Answers], request.Options.TopLogprobs is not null))];
        await new CompletionSender(request, answers, options, log).SendAsync(context, engine, deadline, prompts, request.Options, request.Answers, request.StreamsUsage);
    }
}
