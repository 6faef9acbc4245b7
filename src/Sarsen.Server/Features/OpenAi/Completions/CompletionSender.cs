using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary>Sends texts that go on.</summary>
internal sealed class CompletionSender(CompletionRequest request, CompletionAnswer[] answers, ServerOptions options, ILogger log) : AnswerSender(request.Model, "cmpl-", options, log)
{
    private readonly bool[] _begun = new bool[answers.Length];

    private Usage Usage => Usage.Of([.. answers.Select(a => a.Usage!)], request.Answers);

    protected override void Gather(int answer, GenerationPiece piece) => answers[answer].Add(piece);

    protected override Task SendWholeAsync(HttpContext context)
    {
        CompletionChoice[] choices = [.. answers.Select((_, i) => Take(i))];
        return context.Response.WriteAsJsonAsync(Counted(choices, Usage), CompletionJson.Readable.CountedCompletion, cancellationToken: context.RequestAborted);
    }

    protected override Task SendPieceAsync(SseWriter sse, int answer, GenerationPiece piece, bool counted)
    {
        answers[answer].Add(piece);
        CompletionChoice[] choices = [Take(answer)];
        return counted
            ? sse.SendAsync(Counted(choices, null), CompletionJson.Readable.CountedCompletion)
            : sse.SendAsync(new Completion(Id, "text_completion", Created, Model, Fingerprint, choices), CompletionJson.Readable.Completion);
    }

    protected override Task SendUsageAsync(SseWriter sse) => sse.SendAsync(Counted([], Usage), CompletionJson.Readable.CountedCompletion);

    private CompletionChoice Take(int answer)
    {
        string before = request.Echo && !_begun[answer] ? answers[answer].Prompt : "";
        _begun[answer] = true;
        return answers[answer].Take(before);
    }

    private CountedCompletion Counted(IReadOnlyList<CompletionChoice> choices, Usage? usage) =>
        new(Id, "text_completion", Created, Model, Fingerprint, choices, usage);
}
