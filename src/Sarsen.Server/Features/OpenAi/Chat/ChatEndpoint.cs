using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static partial class ChatEndpoint
{
    public static async Task AnswerAsync(HttpContext context, LanguageModels models, ServerOptions options, ILogger<LanguageModels> log)
    {
        ChatRequest request = ChatRequest.Read(await JsonBody.ReadAsync(context, options));
        using ModelLease<ServedModel> lease = await models.UseLanguageAsync(request.Model, context.RequestAborted);
        LanguageEngine engine = lease.Model.Language!;
        ToolFormat? format = request.Tools.Callable.Count > 0 ? FormatOf(engine.Model, request.Model) : null;
        ChatPrompt prompt = ChatPrompt.Of(engine.Model, request);
        GenerationOptions generation = request.Options with
        {
            Constraint = await ChatConstraint.OfAsync(request, format, prompt.Thinking, engine.Constraints, context.RequestAborted),
            KeepSpecial = format is not null || (prompt.Thinking != ThinkingStart.None && engine.Model.HasSpecialThinkingMarks),
        };
        GenerationFields.Check(engine, prompt.Tokens, generation, "messages");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        List<GenerationStream> streams = AnswerStreams.Submit(engine, Enumerable.Range(0, request.Answers).Select(i => new GenerationRequest
        {
            Prompt = prompt.Tokens,
            Options = GenerationFields.Nth(generation, i),
            Owner = context.KeyId(),
        }), stop);
        var names = request.Tools.Callable.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        ChatAnswer[] answers = [.. Enumerable.Range(0, request.Answers).Select(_ => new ChatAnswer(prompt.Thinking, format, names))];
        try
        {
            var reply = new Reply("chatcmpl-" + Ids.Random(24), options.Time.GetUtcNow().ToUnixTimeSeconds(), request, answers, streams);
            if (request.StreamsUsage is { } usage)
                await reply.StreamAsync(context, usage, e => LogFailure(log, e, request.Model));
            else
                await reply.WholeAsync(context);
        }
        finally
        {
            // Whatever ended this, the engine does no more for it.
            await stop.CancelAsync();
        }
    }

    private static ToolFormat FormatOf(LoadedLanguageModel model, string name) =>
        model.ToolFormat ?? throw OpenAiException.Unsupported($"'tools' is not supported by the model '{name}': its chat template writes no tool calls, or in a format that is not known", "tools");

    [LoggerMessage(Level = LogLevel.Error, Message = "a streamed answer of '{Model}' failed")]
    private static partial void LogFailure(ILogger log, Exception error, string model);

    private sealed record Reply(string Id, long Created, ChatRequest Request, ChatAnswer[] Answers, List<GenerationStream> Streams)
    {
        private static string Fingerprint => "sarsen-" + SarsenServer.Version;

        private Usage Usage => Usage.Of([.. Answers.Select(a => a.Usage!)], Answers.Length, Answers.Sum(a => a.ThoughtTokens));

        public async Task WholeAsync(HttpContext context)
        {
            GatheredAnswer[] gathered = [.. Answers.Select(_ => new GatheredAnswer())];
            await foreach ((int i, GenerationPiece piece) in AnswerStreams.ReadAsync(Streams, context.RequestAborted))
                gathered[i].Add(Answers[i].Add(piece));
            ChatChoice[] choices = [.. Answers.Select((answer, i) => new ChatChoice(i, gathered[i].Reply,
                Request.Options.TopLogprobs is null ? null : new ChatLogprobs(gathered[i].Tokens, null), answer.Finish!))];
            await context.Response.WriteAsJsonAsync(new ChatCompletion(Id, "chat.completion", Created, Request.Model, choices, Usage, Fingerprint), ChatJson.Readable.ChatCompletion, cancellationToken: context.RequestAborted);
        }

        public async Task StreamAsync(HttpContext context, bool usage, Action<Exception> onFailure)
        {
            var sse = new SseWriter(context);
            var begun = new bool[Answers.Length];
            await sse.RunAsync(async () =>
            {
                await foreach ((int i, GenerationPiece piece) in AnswerStreams.ReadAsync(Streams, context.RequestAborted))
                {
                    if (!begun[i])
                        await SendAsync(sse, usage, new ChatChunkChoice(i, new ChatDelta("assistant", ""), null, null));
                    begun[i] = true;
                    ChatAddition more = Answers[i].Add(piece);
                    if (more.Thought.Length > 0)
                        await SendAsync(sse, usage, new ChatChunkChoice(i, new ChatDelta(ReasoningContent: more.Thought), null, null));
                    if (more.Content.Length > 0 || more.Tokens.Count > 0)
                        await SendAsync(sse, usage, new ChatChunkChoice(i, new ChatDelta(Content: more.Content), more.Tokens.Count > 0 ? new ChatLogprobs(more.Tokens, null) : null, null));
                    foreach (ChatCall call in more.Calls)
                        await SendAsync(sse, usage, new ChatChunkChoice(i, new ChatDelta(ToolCalls: [call]), null, null));
                    if (Answers[i].Finish is { } finish)
                        await SendAsync(sse, usage, new ChatChunkChoice(i, new ChatDelta(), null, finish));
                }
                if (usage)
                    await sse.SendAsync(new ChatCountedChunk(Id, "chat.completion.chunk", Created, Request.Model, Fingerprint, [], Usage), ChatJson.Readable.ChatCountedChunk);
                await sse.DoneAsync();
            }, onFailure);
        }

        private Task SendAsync(SseWriter sse, bool usage, ChatChunkChoice choice) => usage
            ? sse.SendAsync(new ChatCountedChunk(Id, "chat.completion.chunk", Created, Request.Model, Fingerprint, [choice], null), ChatJson.Readable.ChatCountedChunk)
            : sse.SendAsync(new ChatChunk(Id, "chat.completion.chunk", Created, Request.Model, Fingerprint, [choice]), ChatJson.Readable.ChatChunk);
    }
}
