using Sarsen.Nn;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Scheduling;

namespace Sarsen.Serving.Tests.Language.Scheduling;

/// <summary>Who runs next, and who gives its blocks back.</summary>
public sealed class BatchPlanTests
{
    private const int Block = KvPool.BlockPositions;

    private static readonly LoadedLanguageModel s_model = ScriptedModel.Load("planned");

    private static readonly LanguageEngineOptions s_options = new() { BatchTokens = 512 };

    private static KvBlockCache Cache(int blocks) => new(new KvPool(s_model.Model.KvShape, KvType.F16, blocks));

    private static RunningSequence Sequence(KvBlockCache cache, int tokens, int priority = 0, int from = 0) => new(
        new EngineJob(new GenerationRequest { Prompt = [.. Enumerable.Range(from, tokens).Select(i => i % 250)], Priority = priority }, TimeProvider.System, _ => { }, CancellationToken.None),
        s_model, cache, contextLength: 2048);

    private static void Compute(RunningSequence sequence, int tokens)
    {
        sequence.Match();
        sequence.TryReserve(tokens).ShouldBeTrue();
        sequence.Advance(tokens);
    }

    [Fact]
    public void Of_the_lowest_priority_the_youngest_gives_its_blocks_back()
    {
        KvBlockCache cache = Cache(4);
        // Each has one block full of prompt but for its last token; the first needs two blocks more.
        RunningSequence first = Sequence(cache, 3 * Block, priority: 1), low = Sequence(cache, Block + 1, priority: 0, from: 60), lower = Sequence(cache, Block + 1, priority: -1, from: 90), young = Sequence(cache, Block + 1, priority: 0, from: 120);
        var running = new List<RunningSequence> { first, low, young, lower };
        foreach (RunningSequence sequence in running)
            Compute(sequence, Block);
        var gave = new List<RunningSequence>();
        var plan = new BatchPlan(s_options);

        plan.Fill(running, gave.Add);
        // Those that go on come first, and want a block each of the none that is left.
        gave.ShouldBe([lower, young, low]);
        running.ShouldBe([first]);
        plan.Parts.Select(p => (p.Sequence, p.Tokens)).ShouldBe([(first, 2 * Block)]);
        foreach (RunningSequence sequence in gave)
            sequence.Computed.ShouldBe(0);
    }

    [Fact]
    public void One_of_a_lower_priority_does_not_take_blocks_of_a_higher()
    {
        KvBlockCache cache = Cache(3);
        RunningSequence old = Sequence(cache, Block + 1, priority: 0), young = Sequence(cache, Block + 1, priority: 5, from: 60);
        var running = new List<RunningSequence> { young, old };
        Compute(old, Block);
        Compute(young, Block);
        RunningSequence third = Sequence(cache, 2 * Block, priority: 0, from: 120);
        running.Add(third);
        var gave = new List<RunningSequence>();
        var plan = new BatchPlan(s_options);

        plan.Fill(running, gave.Add);
        // The old one takes the free block; for the young one the third, which has none, and then the old one give way.
        gave.ShouldBe([third, old]);
        plan.Parts.Select(p => p.Sequence).ShouldBe([young]);
    }

    [Fact]
    public void What_a_sequence_computed_itself_is_not_told_as_cached()
    {
        KvBlockCache cache = Cache(8);
        RunningSequence sequence = Sequence(cache, 5 * Block);
        Compute(sequence, 3 * Block);
        sequence.Release();
        sequence.Match();
        (sequence.Computed, sequence.CachedTokens).ShouldBe((3 * Block, 0));

        RunningSequence other = Sequence(cache, 5 * Block);
        Compute(other, Block);
        // Three blocks are the first one's; the fourth is its own, and found again.
        (other.Computed, other.CachedTokens).ShouldBe((4 * Block, 3 * Block));
        other.Release();
        other.Match();
        (other.Computed, other.CachedTokens).ShouldBe((4 * Block, 3 * Block));
        other.Release();
        sequence.Release();

        // What others left and somebody took meanwhile had to be computed.
        for (int i = 0; i < 8; i++)
            cache.TryTake(out _).ShouldBeTrue();
        other.Match();
        (other.Computed, other.CachedTokens).ShouldBe((0, 0));
    }

    [Fact]
    public void A_guess_is_what_followed_the_last_time()
    {
        PromptLookup.Guess([1, 2, 3, 4, 5, 9, 2, 3], 2).ShouldBe((3, 2));
        PromptLookup.Guess([1, 2, 3, 4, 5, 9, 2, 3], 9).ShouldBe((3, 5));
        PromptLookup.Guess([1, 2, 3, 4], 3).Count.ShouldBe(0);
        PromptLookup.Guess([1, 2, 1, 2], 0).Count.ShouldBe(0);
        // The place is that in the whole text, of which only the end is looked at.
        int[] text = [.. Enumerable.Range(0, 6000), 7001, 7002, 7003, 7001, 7002];
        PromptLookup.Guess(text, 1).ShouldBe((6002, 1));
    }

    [Fact]
    public void A_part_has_the_tokens_of_its_guess()
    {
        KvBlockCache cache = Cache(4);
        var job = new EngineJob(new GenerationRequest { Prompt = [1, 2, 3, 4, 5, 1, 2, 3] }, TimeProvider.System, _ => { }, CancellationToken.None);
        var sequence = new RunningSequence(job, s_model, cache, contextLength: 2048);
        Compute(sequence, 7);
        var plan = new BatchPlan(s_options with { DraftTokens = 3 });
        plan.Fill([sequence], _ => { });
        BatchPart part = plan.Parts.ShouldHaveSingleItem();
        (part.Tokens, part.Drafts).ShouldBe((1, 3));
        part.Draft.ToArray().ShouldBe([4, 5, 1]);
    }
}
