using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>Sends the answers to a conversation.</summary>
internal sealed class ChatSender(ChatRequest request, ChatAnswer[] answers, ServerOptions options, ILogger log) : AnswerSender(request.Model, "chatcmpl-", options, log)
{
    private const string Chunk = "chat.completion.chunk";

    private readonly GatheredAnswer[] _gathered = [.. answers.Select(_ => new GatheredAnswer())];
    private readonly bool[] _begun = new bool[answers.Length];

    private Usage Usage => Usage.Of([.. answers.Select(a => a.Usage!)], answers.Length, answers.Sum(a => a.ThoughtTokens));

    protected override void Gather(int answer, GenerationPiece piece) => _gathered[answer].Add(answers[answer].Add(piece));

    protected override Task SendWholeAsync(HttpContext context)
    {
        ChatChoice[] choices = [.. answers.Select((answer, i) => new ChatChoice(i, _gathered[i].Reply,
            request.Options.TopLogprobs is null ? null : new ChatLogprobs(_gathered[i].Tokens, null), answer.Finish!))];
        var completion = new ChatCompletion(Id, "chat.completion", Created, Model, choices, Usage, Fingerprint);
        return context.Response.WriteAsJsonAsync(completion, ChatJson.Readable.ChatCompletion, cancellationToken: context.RequestAborted);
    }

    protected override async Task SendPieceAsync(SseWriter sse, int answer, GenerationPiece piece, bool counted)
    {
        if (!_begun[answer])
            await SendAsync(new ChatDelta("assistant", ""));
        _begun[answer] = true;
        ChatAddition more = answers[answer].Add(piece);
        if (more.Thought.Length > 0)
            await SendAsync(new ChatDelta(ReasoningContent: more.Thought));
        if (more.Content.Length > 0 || more.Tokens.Count > 0)
            await SendAsync(new ChatDelta(Content: more.Content), more.Tokens.Count > 0 ? new ChatLogprobs(more.Tokens, null) : null);
        foreach (ChatCall call in more.Calls)
            await SendAsync(new ChatDelta(ToolCalls: [call]));
        if (answers[answer].Finish is { } finish)
            await SendAsync(new ChatDelta(), finish: finish);

        Task SendAsync(ChatDelta delta, ChatLogprobs? logprobs = null, string? finish = null)
        {
            ChatChunkChoice[] choices = [new ChatChunkChoice(answer, delta, logprobs, finish)];
            return counted
                ? sse.SendAsync(new ChatCountedChunk(Id, Chunk, Created, Model, Fingerprint, choices, null), ChatJson.Readable.ChatCountedChunk)
                : sse.SendAsync(new ChatChunk(Id, Chunk, Created, Model, Fingerprint, choices), ChatJson.Readable.ChatChunk);
        }
    }

    protected override Task SendUsageAsync(SseWriter sse) =>
        sse.SendAsync(new ChatCountedChunk(Id, Chunk, Created, Model, Fingerprint, [], Usage), ChatJson.Readable.ChatCountedChunk);
}
