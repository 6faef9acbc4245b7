using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Measuring;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Tests.Language.Measuring;

public class LanguageBenchTests
{
    private static readonly LanguageBenchOptions s_short = new() { Prompt = 20, Generate = 5, Clients = [2], Rounds = 3, Workers = Workers.Serial };

    /// <summary>Each step of the model takes a second of this clock, so that all figures are known.</summary>
    private sealed class SteppedTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Read(ref _seconds);

        public void Step() => Interlocked.Increment(ref _seconds);
    }

    [Fact]
    public async Task Figures_are_tokens_by_the_time_that_their_steps_took()
    {
        var time = new SteppedTime();
        LoadedLanguageModel model = ScriptedModel.Load("measured", onStep: time.Step);
        var rows = new List<LanguageBenchRow>();
        await foreach (LanguageBenchRow row in new LanguageBench(model, s_short with { Clients = [1] }, time).RunAsync())
            rows.Add(row);
        // A prompt in one step; five steps for five tokens; a client's first token comes with its prompt.
        rows.Select(r => (r.Case, r.TokensPerSecond, r.Spread)).ShouldBe([(LanguageBenchCase.Prefill, 20, 0), (LanguageBenchCase.Decode, 1, 0), (LanguageBenchCase.Server, 1, 0)]);
        rows[2].FirstTokenMedian!.Value.TotalSeconds.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task Each_client_waits_for_a_first_token_of_its_own()
    {
        var time = new SteppedTime();
        await using var engine = new LanguageEngine(ScriptedModel.Load("measured", onStep: time.Step), new LanguageEngineOptions { Workers = Workers.Serial }, time);
        var load = new ClientLoad(engine, 3, prompt: 40, answer: 4, time);
        await load.RunAsync();
        load.FirstTokens.Length.ShouldBe(3);
        foreach (TimeSpan wait in load.FirstTokens)
            wait.ShouldBeGreaterThan(TimeSpan.Zero);
        EngineStatistics statistics = engine.Statistics;
        (statistics.PromptTokens, statistics.CachedTokens, statistics.AnswerTokens).ShouldBe((3 * 40, 0, 3 * 4));
    }

    [Fact]
    public async Task It_stops_and_says_what_is_out_of_range()
    {
        LoadedLanguageModel model = ScriptedModel.Load("measured", contextLength: 30);
        using var stop = new CancellationTokenSource();
        await using (IAsyncEnumerator<LanguageBenchRow> rows = new LanguageBench(model, s_short).RunAsync(stop.Token).GetAsyncEnumerator())
        {
            (await rows.MoveNextAsync()).ShouldBeTrue();
            stop.Cancel();
            await Should.ThrowAsync<OperationCanceledException>(async () => await rows.MoveNextAsync());
        }
        Should.Throw<ArgumentOutOfRangeException>(() => (s_short with { Prompt = 26 }).Validate(30)).Message.ShouldContain("longer than the context of 30");
        Should.Throw<ArgumentOutOfRangeException>(() => (s_short with { Clients = [257] }).Validate(30)).Message.ShouldContain("from 1 to 256 clients");
        Should.Throw<ArgumentOutOfRangeException>(() => (s_short with { Rounds = 0 }).Validate(30));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 2)]
    [InlineData(0.5, 3)]
    [InlineData(0.95, 4.8)]
    [InlineData(1, 5)]
    public void Quantiles_lie_between_the_values(double share, double expected) => Figures.Quantile([5, 1, 4, 2, 3], share).ShouldBe(expected, 1e-9);

    [Fact]
    public void The_spread_is_that_of_the_quartiles() => Figures.Spread([10, 20, 30, 40, 50]).ShouldBe(20 / 30.0, 1e-9);
}
