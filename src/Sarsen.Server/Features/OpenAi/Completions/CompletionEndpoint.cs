using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sarsen.Server.Features.Keys;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Completions;

/// <summary><c>POST /v1/completions</c>.</summary>
internal static partial class CompletionEndpoint
{
    public static async Task AnswerAsync(HttpContext context, LanguageModels models, ServerOptions options, ILogger<LanguageModels> log)
    {
        CompletionRequest request = CompletionRequest.Read(await JsonBody.ReadAsync(context, options));
        using ModelLease<ServedModel> lease = await models.UseLanguageAsync(request.Model, context.RequestAborted);
        LanguageEngine engine = lease.Model.Language!;
        int[][] prompts = [.. request.Prompts.Select(p => p.Encode(engine.Model.Encode))];
        foreach (int[] prompt in prompts)
            GenerationFields.Check(engine, prompt, request.Options, "prompt");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        List<GenerationStream> streams = AnswerStreams.Submit(engine, prompts.SelectMany(prompt => Enumerable.Range(0, request.Answers).Select(i => new GenerationRequest
        {
            Prompt = prompt,
            Options = GenerationFields.Nth(request.Options, i),
            Owner = context.KeyId(),
        })), stop);
        try
        {
            string[] texts = [.. request.Prompts.Select((p, i) => p.Text ?? engine.Model.Tokenizer.Decode(prompts[i]))];
            Answer[] answers = [.. streams.Select((_, i) => new Answer(i, texts[i / request.Answers], request.Options.TopLogprobs is not null))];
            var reply = new Reply("cmpl-" + Ids.Random(24), options.Time.GetUtcNow().ToUnixTimeSeconds(), request, answers, streams);
            if (request.StreamsUsage is { } usage)
                await reply.StreamAsync(context, usage, e => LogFailure(log, e, request.Model));
            else
                await reply.WholeAsync(context);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a streamed completion of '{Model}' failed")]
    private static partial void LogFailure(ILogger log, Exception error, string model);

    private sealed class Answer(int index, string prompt, bool tellsLogprobs)
    {
        private int _offset = prompt.Length;

        public int Index => index;

        public string Prompt => prompt;

        public StringBuilder Text { get; } = new();

        public List<TokenLogprob> Tokens { get; } = [];

        public string? Finish { get; private set; }

        public GenerationUsage? Usage { get; private set; }

        public void Add(GenerationPiece piece)
        {
            Text.Append(piece.Text);
            Tokens.AddRange(piece.Logprobs);
            if (piece.Finish is { } finish)
                (Finish, Usage) = (finish == FinishReason.Length ? "length" : "stop", piece.Usage);
        }

        /// <summary>What was added since the last time.</summary>
        public CompletionChoice Take(string before = "")
        {
            CompletionLogprobs? logprobs = tellsLogprobs ? TakeLogprobs() : null;
            var choice = new CompletionChoice(before + Text, index, logprobs, Finish);
            Text.Clear();
            return choice;
        }

        private CompletionLogprobs TakeLogprobs()
        {
            var offsets = new List<int>();
            foreach (TokenLogprob token in Tokens)
            {
                offsets.Add(_offset);
                _offset += token.Text.Length;
            }
            var logprobs = new CompletionLogprobs(
                [.. Tokens.Select(t => t.Text)], [.. Tokens.Select(t => t.Logprob)],
                [.. Tokens.Select(t => t.Top.GroupBy(o => o.Text).ToDictionary(g => g.Key, g => g.First().Logprob))], offsets);
            Tokens.Clear();
            return logprobs;
        }
    }

    private sealed record Reply(string Id, long Created, CompletionRequest Request, Answer[] Answers, List<GenerationStream> Streams)
    {
        private static string Fingerprint => "sarsen-" + SarsenServer.Version;

        private Usage Usage => Usage.Of([.. Answers.Select(a => a.Usage!)], Request.Answers);

        public async Task WholeAsync(HttpContext context)
        {
            await foreach ((int i, GenerationPiece piece) in AnswerStreams.ReadAsync(Streams, context.RequestAborted))
                Answers[i].Add(piece);
            CompletionChoice[] choices = [.. Answers.Select(a => a.Take(Request.Echo ? a.Prompt : ""))];
            await context.Response.WriteAsJsonAsync(Counted(choices, Usage), CompletionJson.Readable.CountedCompletion, cancellationToken: context.RequestAborted);
        }

        public async Task StreamAsync(HttpContext context, bool usage, Action<Exception> onFailure)
        {
            var sse = new SseWriter(context);
            var begun = new bool[Answers.Length];
            await sse.RunAsync(async () =>
            {
                await foreach ((int i, GenerationPiece piece) in AnswerStreams.ReadAsync(Streams, context.RequestAborted))
                {
                    Answers[i].Add(piece);
                    CompletionChoice choice = Answers[i].Take(Request.Echo && !begun[i] ? Answers[i].Prompt : "");
                    begun[i] = true;
                    if (usage)
                        await sse.SendAsync(Counted([choice], null), CompletionJson.Readable.CountedCompletion);
                    else
                        await sse.SendAsync(new Completion(Id, "text_completion", Created, Request.Model, Fingerprint, [choice]), CompletionJson.Readable.Completion);
                }
                if (usage)
                    await sse.SendAsync(Counted([], Usage), CompletionJson.Readable.CountedCompletion);
                await sse.DoneAsync();
            }, onFailure);
        }

        private CountedCompletion Counted(IReadOnlyList<CompletionChoice> choices, Usage? usage) =>
            new(Id, "text_completion", Created, Request.Model, Fingerprint, choices, usage);
    }
}
