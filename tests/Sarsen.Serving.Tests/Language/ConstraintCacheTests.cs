using Sarsen.Serving.Language;
using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Tests.Language;

public class ConstraintCacheTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static ConstraintCache Cache(int most = 8, long mostBytes = 1 << 30) => new(ScriptedModel.Load("text"), most, mostBytes);

    private static Grammar Word(string word) => Grammar.FromGbnf($"root ::= \"{word}\"");

    [Fact]
    public async Task One_is_compiled_once_and_the_one_not_used_for_longest_goes_first()
    {
        ConstraintCache cache = Cache(most: 2);
        var compiled = new List<string>();
        Task<TokenGrammar> Get(string word) => cache.GetAsync(word, () =>
        {
            compiled.Add(word);
            return Word(word);
        });
        TokenGrammar a = await Get("a");
        await Get("b");
        (await Get("a")).ShouldBeSameAs(a);
        await Get("c");
        cache.Count.ShouldBe(2);
        (await Get("a")).ShouldBeSameAs(a);
        await Get("b");
        compiled.ShouldBe(["a", "b", "c", "b"]);
    }

    [Fact]
    public async Task Who_wants_what_is_being_compiled_waits_and_all_get_the_same()
    {
        ConstraintCache cache = Cache();
        using var gate = new Gate();
        int compiled = 0;
        Task<TokenGrammar>[] all = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => cache.GetAsync("x", () =>
        {
            Interlocked.Increment(ref compiled);
            gate.Pass();
            return Word("x");
        })))];
        gate.WaitUntilReached();
        // One that leaves does not end it for the others.
        using var leaves = new CancellationTokenSource();
        Task<TokenGrammar> leaver = cache.GetAsync("x", () => throw new InvalidOperationException(), leaves.Token);
        leaves.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => leaver);
        gate.Open();
        (await Task.WhenAll(all).WaitAsync(s_patience)).Distinct().Count().ShouldBe(1);
        compiled.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_compiled_is_not_kept()
    {
        ConstraintCache cache = Cache();
        await Should.ThrowAsync<GrammarException>(() => cache.GetAsync("x", () => Grammar.FromGbnf("root ::= nothing")));
        cache.Count.ShouldBe(0);
        (await cache.GetAsync("x", () => Word("x"))).Grammar.Matches("x"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task What_it_takes_is_bounded_while_constraints_grow()
    {
        const long Bound = 400_000;
        ConstraintCache cache = Cache(most: 1000, Bound);
        for (int i = 0; i < 60; i++)
        {
            // States that differ, for none of which another schema's masks serve.
            TokenGrammar constraint = await cache.GetAsync($"k{i}", () => Grammar.FromRegex($"[a-z]{{{i + 20},{i + 40}}}x"));
            GrammarState state = constraint.Start();
            var mask = new ulong[constraint.Trie.MaskWords];
            for (int step = 0; step < 20; step++)
            {
                state.FillMask(mask);
                state.Accept("a"u8).ShouldBeTrue();
            }
            // What was used just now may have grown since: it is seen when the next is asked for.
            await cache.GetAsync("small", () => Word("s"));
            cache.Bytes.ShouldBeLessThanOrEqualTo(Bound);
        }
        cache.Count.ShouldBeInRange(2, 59);
        ConstraintCache none = Cache(most: 0);
        await none.GetAsync("x", () => Word("x"));
        none.Bytes.ShouldBe(0);
    }
}
