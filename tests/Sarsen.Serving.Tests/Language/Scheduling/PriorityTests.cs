using Sarsen.Nn;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Scheduling;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Tests.Language.Scheduling;

/// <summary>Who goes first where the cache has room for one answer: priority, then who came first; and nobody is put off by turns for ever.</summary>
public sealed class PriorityTests : IDisposable
{
    private const int Context = 4 * KvPool.BlockPositions;

    private static readonly LoadedLanguageModel s_model = ScriptedModel.Load("one two", contextLength: Context);

    private readonly BatchLoop _loop = new(s_model, new LanguageEngineOptions { Workers = Workers.Serial, CacheTokens = Context, MaxSequences = 3 }, TimeProvider.System);
    private readonly List<EngineJob> _ended = [];
    private int _added;

    public void Dispose()
    {
        _loop.EndAll(() => new OperationCanceledException(), (_, _, _) => { });
        _loop.Dispose();
    }

    private EngineJob Add(int priority, int prompt = 33, int answer = 20)
    {
        var job = new EngineJob(new GenerationRequest
        {
            // None begins as another does: they share no block.
            Prompt = [.. Enumerable.Range(_added++, prompt).Select(i => i % 250)],
            Priority = priority,
            Options = new GenerationOptions { MaxTokens = answer, IgnoreEnd = true, Sampling = new SamplingOptions { Temperature = 0 } },
        }, TimeProvider.System, _ => { }, CancellationToken.None);
        _loop.Add(job);
        return job;
    }

    private void Step() => _loop.Step((job, usage, error) =>
    {
        error.ShouldBeNull();
        usage!.AnswerTokens.ShouldBe(job.Request.Options.MaxTokens!.Value);
        _ended.Add(job);
    });

    private int StepsToTheEnd()
    {
        int steps = 0;
        for (; _loop.Count > 0; steps++)
        {
            steps.ShouldBeLessThan(10_000);
            Step();
        }
        _loop.UsedBlocks.ShouldBe(0);
        return steps;
    }

    [Fact]
    public void One_that_was_put_off_holds_back_its_equals_and_nobody_above()
    {
        EngineJob low = Add(priority: 0);
        Step();
        _loop.HasRoomFor(0).ShouldBeFalse();
        _loop.HasRoomFor(1).ShouldBeTrue();
        EngineJob middle = Add(priority: 1);
        Step();
        // The low one has given its blocks back; the middle one has three of four.
        (_loop.HasRoomFor(0), _loop.HasRoomFor(1), _loop.HasRoomFor(2)).ShouldBe((false, false, true));
        EngineJob high = Add(priority: 2);
        Step();
        (_loop.HasRoomFor(1), _loop.HasRoomFor(2), _loop.HasRoomFor(3)).ShouldBe((false, false, true));
        StepsToTheEnd();
        _ended.ShouldBe([high, middle, low]);
    }

    [Fact]
    public void Where_as_many_run_as_may_the_last_of_a_lower_priority_makes_room()
    {
        EngineJob[] low = [Add(priority: 0, prompt: 2, answer: 3), Add(priority: 0, prompt: 3, answer: 3), Add(priority: 0, prompt: 4, answer: 3)];
        Step();
        (_loop.HasRoomFor(0), _loop.HasRoomFor(1)).ShouldBe((false, true));
        EngineJob high = Add(priority: 1, prompt: 5, answer: 2);
        (_loop.HasRoomFor(0), _loop.Count).ShouldBe((false, 4));
        StepsToTheEnd();
        // The third goes on when the first two and the high one have left room for it, with what it had.
        _ended[^1].ShouldBeSameAs(low[2]);
        _ended.IndexOf(high).ShouldBeLessThan(2);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public void Two_that_need_the_whole_cache_do_not_put_each_other_off_by_turns(int first, int second)
    {
        // Both begin with one block, and end with four.
        EngineJob one = Add(first, prompt: 10, answer: 50), two = Add(second, prompt: 11, answer: 50);
        int steps = StepsToTheEnd();
        _ended.ShouldBe(second > first ? [two, one] : [one, two]);
        // Each token is chosen once; beside that each is read once, and the later one again after it was put off.
        steps.ShouldBeLessThanOrEqualTo((2 * 50) + 2);
    }

    [Fact]
    public void Under_a_stream_of_higher_ones_a_low_one_goes_on_where_they_leave_room_and_ends_after_them()
    {
        EngineJob low = Add(priority: 0, answer: 30);
        for (int i = 0; i < 20; i++)
        {
            if (_loop.HasRoomFor(1 + (i % 2)))
                Add(1 + (i % 2), prompt: 34 + (i % 5), answer: 5);
            for (int step = 0; step < 4; step++)
                Step();
            _ended.ShouldNotContain(low);
        }
        StepsToTheEnd();
        _ended[^1].ShouldBeSameAs(low);
        _ended.Count.ShouldBeGreaterThan(10);
    }
}
