using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.Keys;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>What both kinds of completions share: their answers are asked for together, and sent whole, or as events as they come.</summary>
/// <param name="model">As the request names it.</param>
/// <param name="prefix">What ids begin with.</param>
/// <param name="options">The server's.</param>
/// <param name="log">Where failures of streams go, which have no status any more.</param>
internal abstract partial class AnswerSender(string model, string prefix, ServerOptions options, ILogger log)
{
    protected static string Fingerprint => "sarsen-" + SarsenServer.Version;

    protected string Model => model;

    protected string Id { get; } = prefix + Ids.Random(24);

    protected long Created { get; } = options.Time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Asks for answers and sends them.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="engine">Who answers.</param>
    /// <param name="deadline">When.</param>
    /// <param name="prompts">What is to be answered.</param>
    /// <param name="generation">How, but for the seeds of the second and further answers.</param>
    /// <param name="answers">So many of each prompt, which stand together.</param>
    /// <param name="streamsUsage">Null where they are sent whole; else whether their usage follows.</param>
    public async Task SendAsync(HttpContext context, LanguageEngine engine, RequestDeadline deadline, IReadOnlyList<int[]> prompts, GenerationOptions generation, int answers, bool? streamsUsage)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        TimeSpan? left = deadline.Left;
        List<GenerationStream> streams = AnswerStreams.Submit(engine, prompts.SelectMany(prompt => Enumerable.Range(0, answers).Select(i => new GenerationRequest
        {
            Prompt = prompt,
            Options = GenerationFields.Nth(generation, i),
            Owner = context.KeyId(),
            Deadline = left,
        })), stop);
        try
        {
            IAsyncEnumerable<(int Index, GenerationPiece Piece)> pieces = AnswerStreams.ReadAsync(streams, context.RequestAborted);
            if (streamsUsage is { } usage)
                await StreamAsync(new SseWriter(context), pieces, usage);
            else
                await WholeAsync(context, pieces);
        }
        finally
        {
            // Whatever ended this, the engine does no more for it.
            await stop.CancelAsync();
        }
    }

    /// <summary>A piece of an answer that is sent when it is whole.</summary>
    protected abstract void Gather(int answer, GenerationPiece piece);

    /// <summary>Sends what was gathered.</summary>
    protected abstract Task SendWholeAsync(HttpContext context);

    /// <summary>Sends a piece of an answer.</summary>
    /// <param name="sse">Where to.</param>
    /// <param name="answer">Which.</param>
    /// <param name="piece">What was added.</param>
    /// <param name="counted">The stream closes with its usage.</param>
    protected abstract Task SendPieceAsync(SseWriter sse, int answer, GenerationPiece piece, bool counted);

    /// <summary>Sends the usage of all answers.</summary>
    protected abstract Task SendUsageAsync(SseWriter sse);

    private async Task WholeAsync(HttpContext context, IAsyncEnumerable<(int Index, GenerationPiece Piece)> pieces)
    {
        await foreach ((int i, GenerationPiece piece) in pieces)
            Gather(i, piece);
        await SendWholeAsync(context);
    }

    private Task StreamAsync(SseWriter sse, IAsyncEnumerable<(int Index, GenerationPiece Piece)> pieces, bool usage) => sse.RunAsync(async () =>
    {
        await foreach ((int i, GenerationPiece piece) in pieces)
            await SendPieceAsync(sse, i, piece, usage);
        if (usage)
            await SendUsageAsync(sse);
        await sse.DoneAsync();
    }, e => LogFailure(log, e, model));

    [LoggerMessage(Level = LogLevel.Error, Message = "a streamed answer of '{Model}' failed")]
    private static partial void LogFailure(ILogger log, Exception error, string model);
}
