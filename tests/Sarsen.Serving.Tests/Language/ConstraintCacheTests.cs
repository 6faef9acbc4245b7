using System.Text.Json;
using Sarsen.Serving.Language;
using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Tests.Language;

public class ConstraintCacheTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static ConstraintCache Cache(int kept = 8, long keptBytes = 1 << 30, long usedBytes = 1 << 30) => new(ScriptedModel.Load("text"), kept, keptBytes, usedBytes);

    private static Grammar Word(string word) => Grammar.FromGbnf($"root ::= \"{word}\"");

    // States that differ, for none of which another's masks serve.
    private static Grammar Letters(int i) => Grammar.FromRegex($"[a-z]{{{i + 20},{i + 40}}}x");

    private static async Task<TokenGrammar> UseOnceAsync(ConstraintCache cache, string key, Func<Grammar> compile)
    {
        using ConstraintLease lease = await cache.UseAsync(key, compile);
        return lease.Constraint;
    }

    [Fact]
    public async Task One_is_compiled_once_and_the_one_not_used_for_longest_goes_first()
    {
        ConstraintCache cache = Cache(kept: 2);
        var compiled = new List<string>();
        Task<TokenGrammar> Use(string word) => UseOnceAsync(cache, word, () =>
        {
            compiled.Add(word);
            return Word(word);
        });
        TokenGrammar a = await Use("a");
        await Use("b");
        (await Use("a")).ShouldBeSameAs(a);
        await Use("c");
        cache.Count.ShouldBe(2);
        (await Use("a")).ShouldBeSameAs(a);
        await Use("b");
        compiled.ShouldBe(["a", "b", "c", "b"]);
    }

    [Fact]
    public async Task Who_wants_what_is_being_compiled_waits_and_all_get_the_same()
    {
        ConstraintCache cache = Cache();
        using var gate = new Gate();
        int compiled = 0;
        Task<ConstraintLease>[] all = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => cache.UseAsync("x", () =>
        {
            Interlocked.Increment(ref compiled);
            gate.Pass();
            return Word("x");
        })))];
        gate.WaitUntilReached();
        // One that leaves does not end it for the others.
        using var leaves = new CancellationTokenSource();
        Task<ConstraintLease> leaver = cache.UseAsync("x", () => throw new InvalidOperationException(), leaves.Token);
        leaves.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => leaver);
        gate.Open();
        (await Task.WhenAll(all).WaitAsync(s_patience)).DistinctBy(l => l.Constraint).Count().ShouldBe(1);
        compiled.ShouldBe(1);
        foreach (Task<ConstraintLease> each in all)
            (await each).Dispose();
        (cache.UsedBytes, cache.Count).ShouldBe((0, 1));
    }

    [Fact]
    public async Task What_cannot_be_compiled_is_not_kept()
    {
        ConstraintCache cache = Cache();
        await Should.ThrowAsync<GrammarException>(() => cache.UseAsync("x", () => Grammar.FromGbnf("root ::= nothing")));
        (cache.Count, cache.UsedBytes).ShouldBe((0, 0));
        (await UseOnceAsync(cache, "x", () => Word("x"))).Grammar.Matches("x"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_kept_is_bounded_while_constraints_grow()
    {
        const long Bound = 400_000;
        ConstraintCache cache = Cache(kept: 1000, keptBytes: Bound);
        for (int i = 0; i < 60; i++)
        {
            using (ConstraintLease lease = await cache.UseAsync($"k{i}", () => Letters(i)))
            {
                GrammarState state = lease.Constraint.Start();
                var mask = new ulong[lease.Constraint.Trie.MaskWords];
                for (int step = 0; step < 20; step++)
                {
                    state.FillMask(mask);
                    state.Accept("a"u8).ShouldBeTrue();
                }
            }
            cache.KeptBytes.ShouldBeLessThanOrEqualTo(Bound);
        }
        cache.Count.ShouldBeInRange(2, 59);
        ConstraintCache none = Cache(kept: 0);
        await UseOnceAsync(none, "x", () => Word("x"));
        (none.KeptBytes, none.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task What_is_used_is_bounded_and_the_same_is_shared()
    {
        const long Bound = 60_000;
        ConstraintCache cache = Cache(usedBytes: Bound);
        var leases = new List<ConstraintLease>();
        OverloadException refusal = await Should.ThrowAsync<OverloadException>(async () =>
        {
            for (int i = 0; i < 1000; i++)
                leases.Add(await cache.UseAsync($"k{i}", () => Letters(i)));
        });
        refusal.Message.ShouldContain($"{Bound >> 10} KiB");
        refusal.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
        leases.Count.ShouldBeGreaterThan(2);
        cache.UsedBytes.ShouldBeLessThanOrEqualTo(Bound);

        // Who wants one that is there takes no memory.
        for (int i = 0; i < 300; i++)
        {
            ConstraintLease same = await cache.UseAsync("k0", () => throw new InvalidOperationException());
            same.Constraint.ShouldBeSameAs(leases[0].Constraint);
            leases.Add(same);
        }
        // One that nobody uses any more makes room for another.
        leases[1].Dispose();
        leases[1].Dispose();
        leases.Add(await cache.UseAsync("other", () => Letters(0)));
        foreach (ConstraintLease lease in leases)
            lease.Dispose();
        cache.UsedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task One_that_is_larger_than_the_bound_is_used_alone_and_refused_beside_others()
    {
        ConstraintCache cache = Cache(kept: 0, usedBytes: 1000);
        using (ConstraintLease large = await cache.UseAsync("large", () => Letters(0)))
        {
            cache.UsedBytes.ShouldBeGreaterThan(1000);
            await Should.ThrowAsync<OverloadException>(() => cache.UseAsync("small", () => Word("x")));
        }
        using (ConstraintLease small = await cache.UseAsync("small", () => Word("x")))
        {
            // It is known only when it is compiled.
            await Should.ThrowAsync<OverloadException>(() => cache.UseAsync("large", () => Letters(0)));
            cache.Count.ShouldBe(1);
        }
        cache.Count.ShouldBe(0);
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_is_not_compiled()
    {
        ConstraintCache cache = Cache(kept: 64);
        using var gate = new Gate();
        // All who compile are busy.
        using var reached = new CountdownEvent(ConstraintCache.Compilers);
        Task<ConstraintLease>[] busy = [.. Enumerable.Range(0, ConstraintCache.Compilers).Select(i => cache.UseAsync($"busy{i}", () =>
        {
            reached.Signal();
            gate.Pass();
            return Word("x");
        }))];
        reached.Wait(s_patience).ShouldBeTrue();
        using var leaves = new CancellationTokenSource();
        bool compiled = false;
        Task<ConstraintLease> leaver = cache.UseAsync("left", () =>
        {
            compiled = true;
            return Word("y");
        }, leaves.Token);
        leaves.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => leaver);
        gate.Open();
        foreach (ConstraintLease lease in await Task.WhenAll(busy).WaitAsync(s_patience))
            lease.Dispose();
        SpinWait.SpinUntil(() => cache.Count == busy.Length, s_patience).ShouldBeTrue();
        compiled.ShouldBeFalse();
        // Who comes later is not told of it.
        (await UseOnceAsync(cache, "left", () => Word("z")).WaitAsync(s_patience)).Grammar.Matches("z"u8).ShouldBeTrue();
    }

    [Fact]
    public void The_default_has_room_for_a_thousand_ordinary_schemas()
    {
        LoadedLanguageModel model = ScriptedModel.Load("text");
        using JsonDocument schema = JsonDocument.Parse("""
            {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
             "mood": {"enum": ["happy", "sad"]}, "address": {"type": "object", "properties": {"street": {"type": "string"}, "zip": {"type": "string", "pattern": "^[0-9]{5}$"}}, "required": ["street"], "additionalProperties": false},
             "tags": {"type": "array", "items": {"type": "string"}}}, "required": ["name", "age"], "additionalProperties": false}
            """);
        model.Constrain(Grammar.FromJsonSchema(schema.RootElement)).Bytes.ShouldBeLessThan(new LanguageEngineOptions().UsedConstraintBytes / 1000);
    }
}
