using Sarsen.Serving.Language;
using Sarsen.Tensors.Threads;
using Sarsen.Text.Sampling;

namespace Sarsen.Serving.Tests.Language;

public class EngineQueueTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static GenerationRequest Request(LanguageEngine engine, string owner, bool ignoreEnd = false) => new()
    {
        Prompt = engine.Model.Encode("hello"),
        Options = new GenerationOptions { Sampling = new SamplingOptions { Temperature = 0 }, IgnoreEnd = ignoreEnd },
        Owner = owner,
    };

    private static async Task<GenerationUsage> UsageAsync(GenerationStream stream)
    {
        GenerationUsage? usage = null;
        await foreach (GenerationPiece piece in stream)
            usage = piece.Usage;
        return usage!;
    }

    [Fact]
    public void Owners_take_turns_and_priorities_go_first()
    {
        var queue = new EngineQueue(6);
        foreach ((string owner, int priority) in new[] { ("a", 0), ("a", 0), ("a", 0), ("b", 0), ("b", 0), ("c", 1) })
            queue.Add(new EngineJob(new GenerationRequest { Prompt = [1], Owner = owner, Priority = priority }, TimeProvider.System, _ => { }, default));
        Should.Throw<OverloadException>(() => queue.Add(new EngineJob(new GenerationRequest { Prompt = [1] }, TimeProvider.System, _ => { }, default)));
        var order = new List<string>();
        while (queue.Take() is { } job)
            order.Add(job.Request.Owner);
        order.ShouldBe(["c", "a", "b", "a", "b", "a"]);
        queue.Count.ShouldBe(0);
    }

    [Fact]
    public void Turns_go_by_tokens_and_nobody_saves_them_up()
    {
        var queue = new EngineQueue(20);
        void Add(string owner, int tokens) => queue.Add(new EngineJob(new GenerationRequest { Prompt = new int[tokens], Owner = owner }, TimeProvider.System, _ => { }, default));
        string Take(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => queue.Take()!.Request.Owner));

        for (int i = 0; i < 2; i++)
            Add("a", 100);
        for (int i = 0; i < 6; i++)
            Add("b", 30);
        Take(6).ShouldBe("abbbba");
        // An answer counts as well.
        queue.Charge("b", 200);
        // Who comes late begins where the others are.
        for (int i = 0; i < 3; i++)
            Add("c", 40);
        Add("a", 10);
        Take(6).ShouldBe("cccabb");
    }

    [Fact]
    public async Task Who_leaves_before_the_end_has_had_a_turn()
    {
        using var gate = new Gate();
        bool isHeld = false;
        await using var engine = new LanguageEngine(ScriptedModel.Load("one two", contextLength: 1 << 16, onStep: () =>
        {
            if (Volatile.Read(ref isHeld))
                gate.Pass();
        }), new LanguageEngineOptions { Workers = Workers.Serial, MaxSequences = 1 });
        int read = 0;
        await foreach (GenerationPiece piece in engine.Submit(Request(engine, "leaves", ignoreEnd: true)))
        {
            if (++read == 100)
                break;
        }
        Volatile.Write(ref isHeld, true);
        Task<GenerationUsage> held = UsageAsync(engine.Submit(Request(engine, "other")));
        gate.WaitUntilReached();
        Task<GenerationUsage> leaver = UsageAsync(engine.Submit(Request(engine, "leaves"))), stayer = UsageAsync(engine.Submit(Request(engine, "stays")));
        gate.Open();
        await Task.WhenAll(held, leaver, stayer).WaitAsync(s_patience);
        (await stayer).QueueTime.ShouldBeLessThan((await leaver).QueueTime);
    }
}
