using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    public static async Task AnswerAsync(HttpContext context, LanguageModels models, ServerOptions options, ILogger<LanguageModels> log)
    {
        ChatRequest request = ChatRequest.Read(await JsonBody.ReadAsync(context, options));
        using var deadline = new RequestDeadline(context, options);
        using ModelLease<ServedModel> lease = await deadline.WithinAsync(stop => models.UseLanguageAsync(request.Model, stop));
        LanguageEngine engine = lease.Model.Language!;
        ToolFormat? format = request.Tools.Callable.Count > 0 ? FormatOf(engine.Model, request.Model) : null;
        ChatPrompt prompt = ChatPrompt.Of(engine, request);
        using ConstraintLease? constraint = await deadline.WithinAsync(stop => ChatConstraint.OfAsync(request, format, prompt.Thinking, engine.Constraints, stop));
        GenerationOptions generation = request.Options with
        {
            Constraint = constraint?.Constraint,
            KeepSpecial = format is not null || (prompt.Thinking != ThinkingStart.None && engine.Model.HasSpecialThinkingMarks),
        };
        GenerationFields.Check(engine, prompt.Tokens, generation, "messages");
        var names = request.Tools.Callable.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        ChatAnswer[] answers = [.. Enumerable.Range(0, request.Answers).Select(_ => new ChatAnswer(prompt.Thinking, format, names))];
        await new ChatSender(request, answers, options, log).SendAsync(context, engine, deadline, [prompt.Tokens], generation, request.Answers, request.StreamsUsage);
    }

    private static ToolFormat FormatOf(LoadedLanguageModel model, string name) =>
        model.ToolFormat ?? throw OpenAiException.Unsupported($"'tools' is not supported by the model '{name}': its chat template writes no tool calls, or in a format that is not known", "tools");
}
