using System.Diagnostics;
using Sarsen.Nn;
using Sarsen.Serving.Language;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Tests.Language.Scheduling;

/// <summary>Answers do not depend on what else is in the batch, on pieces, on the cache, on guesses or on threads: all equal those of a request that is alone.</summary>
public sealed class BatchingTests : IAsyncLifetime
{
    private const string Model = "models/tinystories-656k/tinystories-656k-q4_0.gguf";

    private LoadedLanguageModel? _model;
    private Dictionary<int, string> _alone = [];

    public async Task InitializeAsync()
    {
        if (TestData.WhyMissing(Model) is not null)
            return;
        _model = LoadedLanguageModel.Open(TestData.PathOf(Model));
        _alone = await AloneAsync(_model, KvType.F16);
    }

    private async Task<Dictionary<int, string>> AloneAsync(LoadedLanguageModel model, KvType type)
    {
        await using var engine = new LanguageEngine(model, new LanguageEngineOptions { Workers = Workers.Serial, BatchTokens = 512, MaxSequences = 1, KvType = type });
        var answers = new Dictionary<int, string>();
        for (int i = 0; i < 12; i++)
            answers[i] = await Answer(engine, Request(i));
        return answers;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public static TheoryData<string, LanguageEngineOptions> Settings => new()
    {
        { "together", new LanguageEngineOptions() },
        { "on one thread", new LanguageEngineOptions { Workers = Workers.Serial } },
        { "in pieces", new LanguageEngineOptions { BatchTokens = 7, MaxSequences = 5 } },
        { "guessed", new LanguageEngineOptions { DraftTokens = 6 } },
        { "guessed in pieces", new LanguageEngineOptions { DraftTokens = 3, BatchTokens = 9, MaxSequences = 4 } },
        { "with too little cache", new LanguageEngineOptions { ContextLength = 128, CacheTokens = 160 } },
        { "with a cache for one", new LanguageEngineOptions { ContextLength = 128, CacheTokens = 128 } },
        { "with too little cache, guessed", new LanguageEngineOptions { ContextLength = 128, CacheTokens = 160, DraftTokens = 5 } },
    };

    [DataTheory(Model)]
    [MemberData(nameof(Settings))]
    public Task An_answer_is_what_it_is_alone(string how, LanguageEngineOptions options) => Compare(how, _model!, _alone, options);

    [DataTheory(Model)]
    [MemberData(nameof(Settings))]
    public async Task An_answer_is_what_it_is_alone_with_a_cache_in_eight_bits(string how, LanguageEngineOptions options)
    {
        LoadedLanguageModel wide = WideHeads.Load();
        await Compare(how, wide, await AloneAsync(wide, KvType.Q8_0), options with { KvType = KvType.Q8_0 });
    }

    private async Task Compare(string how, LoadedLanguageModel model, Dictionary<int, string> alone, LanguageEngineOptions options)
    {
        await using var engine = new LanguageEngine(model, options);
        // Twice: the second time beginnings are in the cache.
        for (int round = 0; round < 2; round++)
        {
            string[] answers = await Task.WhenAll(alone.Keys.Select(i => Answer(engine, Request(i))));
            for (int i = 0; i < answers.Length; i++)
                answers[i].ShouldBe(alone[i], $"{how}, request {i} of round {round}");
        }
        EngineStatistics statistics = await AtRest(engine);
        (statistics.Finished, statistics.Failed, statistics.Running, statistics.Waiting).ShouldBe((24, 0, 0, 0));
        engine.UsedBlocks.ShouldBe(0);
    }

    [DataFact(Model)]
    public async Task A_beginning_that_was_computed_is_not_computed_again()
    {
        await using var engine = new LanguageEngine(_model!, new LanguageEngineOptions());
        GenerationUsage first = await Usage(engine, Request(8)), second = await Usage(engine, Request(8));
        first.CachedTokens.ShouldBe(0);
        // All whole blocks but the one with the last token.
        second.CachedTokens.ShouldBe((Request(8).Prompt.Length - 1) / 16 * 16);
        second.CachedTokens.ShouldBeGreaterThan(0);
    }

    [DataFact(Model)]
    public async Task A_stream_of_mixed_priorities_through_a_cache_for_one_ends_with_what_each_is_alone()
    {
        await using var engine = new LanguageEngine(_model!, new LanguageEngineOptions { ContextLength = 128, CacheTokens = 128, BatchTokens = 24, MaxSequences = 4 });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (int i = 0; i < 8; i++)
            {
                int n = random.Next(12);
                (await Answer(engine, Request(n) with { Priority = random.Next(4) })).ShouldBe(_alone[n]);
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1));
        EngineStatistics statistics = await AtRest(engine);
        (statistics.Finished, statistics.Failed, engine.UsedBlocks).ShouldBe((48, 0, 0));
    }

    [DataFact(Model)]
    public async Task Cancelled_answers_leave_the_others_as_they_are_and_no_block_behind()
    {
        await using var engine = new LanguageEngine(_model!, new LanguageEngineOptions { MaxSequences = 6, ContextLength = 256, CacheTokens = 600 });
        var random = new Random(6);
        var tasks = new List<Task>();
        for (int i = 0; i < 60; i++)
        {
            int n = i % 12, pieces = random.Next(12);
            tasks.Add(i % 2 == 0 ? Compare(n) : Leave(n, pieces));
        }
        await Task.WhenAll(tasks);
        (await AtRest(engine)).Failed.ShouldBe(0);
        engine.UsedBlocks.ShouldBe(0);

        async Task Compare(int n) => (await Answer(engine, Request(n))).ShouldBe(_alone[n]);

        Task Leave(int n, int pieces) => LeaveAfter(engine, Request(n), pieces, byToken: n % 3 != 0);
    }

    /// <summary>SARSEN_SOAK_SECONDS shortens it.</summary>
    [SlowFact(Model)]
    public async Task Sixty_four_clients_for_ten_minutes_leave_nothing_behind()
    {
        TimeSpan length = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("SARSEN_SOAK_SECONDS") ?? "600", System.Globalization.CultureInfo.InvariantCulture));
        await using var engine = new LanguageEngine(_model!, new LanguageEngineOptions { MaxSequences = 24, ContextLength = 256, CacheTokens = 2000 });
        long begun = Stopwatch.GetTimestamp(), early = 0;
        Task[] clients = [.. Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            while (Stopwatch.GetElapsedTime(begun) < length)
            {
                int n = random.Next(12);
                if (random.Next(3) > 0)
                    (await Answer(engine, Request(n))).ShouldBe(_alone[n]);
                else
                    await LeaveAfter(engine, Request(n), random.Next(20), random.Next(2) == 0);
                if (client == 0 && early == 0 && Stopwatch.GetElapsedTime(begun) > length / 5)
                    early = Resident();
            }
        }))];
        await Task.WhenAll(clients).WaitAsync(length + TimeSpan.FromMinutes(2));
        long late = Resident();
        EngineStatistics statistics = await AtRest(engine);
        (statistics.Failed, statistics.Rejected, statistics.Waiting, engine.UsedBlocks).ShouldBe((0, 0, 0, 0));
        statistics.Finished.ShouldBeGreaterThan(64);
        ((double)late).ShouldBeLessThan(1.05 * early + (16 << 20), "resident memory grows");
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }

    private static async Task LeaveAfter(LanguageEngine engine, GenerationRequest request, int pieces, bool byToken)
    {
        using var stop = new CancellationTokenSource();
        try
        {
            await foreach (GenerationPiece _ in engine.Submit(request, stop.Token))
            {
                if (pieces-- > 0)
                    continue;
                if (!byToken)
                    break;
                stop.Cancel();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    // An answer is read before its end is counted.
    private static async Task<EngineStatistics> AtRest(LanguageEngine engine)
    {
        for (int i = 0; i < 1000 && engine.Statistics.Running > 0; i++)
            await Task.Delay(10);
        return engine.Statistics;
    }

    // Greedy and sampled, long and short, of three priorities; three begin alike.
    private GenerationRequest Request(int i)
    {
        string begin = i % 4 == 0 ? "Once upon a time there was a little girl who lived in a small house near the forest with her mother and a big dog." : $"One day, {i} friends went to the park. ";
        string[] ends = ["", " She liked to play", " The dog ran and ran, and then the dog ran and ran again.", " \"Look!\" said the boy."];
        return new GenerationRequest
        {
            Prompt = _model!.Encode(begin + ends[i % 4] + (i > 6 ? ends[i % 3] : "")),
            Priority = i % 3,
            Options = new GenerationOptions
            {
                MaxTokens = 5 + (7 * i),
                IgnoreEnd = true,
                Continues = true,
                TopLogprobs = i % 5 == 1 ? 2 : null,
                Sampling = new SamplingOptions { Temperature = i % 3 == 0 ? 0 : 0.8, Seed = (ulong)i, RepetitionPenalty = i % 4 == 3 ? 1.2 : 1 },
            },
        };
    }

    private static async Task<string> Answer(LanguageEngine engine, GenerationRequest request)
    {
        string text = "";
        await foreach (GenerationPiece piece in engine.Submit(request))
            text += piece.Text + string.Concat(piece.Logprobs.Select(l => $"[{l.Token} {l.Logprob:R} {string.Join(',', l.Top.Select(t => t.Token))}]")) + piece.Finish;
        return text;
    }

    private static async Task<GenerationUsage> Usage(LanguageEngine engine, GenerationRequest request)
    {
        GenerationUsage? usage = null;
        await foreach (GenerationPiece piece in engine.Submit(request))
            usage = piece.Usage ?? usage;
        return usage!;
    }
}
