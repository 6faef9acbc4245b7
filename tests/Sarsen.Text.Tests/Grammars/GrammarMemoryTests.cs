using System.Runtime.CompilerServices;
using System.Text;
using Sarsen.Text.Grammars;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>What a grammar keeps stays within its bounds, however many states a text reaches; and what it allows does not depend on them.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
[Collection(Alone)]
public class GrammarMemoryTests
{
    // What other tests hold meanwhile would count.
    private const string Alone = "memory of grammars";

    private const int Seed = 7;

    private static readonly GrammarLimits s_roomy = new() { TableBytes = 1L << 30, MaskBytes = 1L << 30 };

    // Every single byte, some pairs, and words that reach over several states.
    private sealed class Vocabulary : ITokenBytes
    {
        private readonly byte[][] _tokens =
        [
            .. Enumerable.Range(0, 256).Select(b => new[] { (byte)b }),
            .. new[] { "[[", "]]", "{\"", "\":", "\",", "],", "},", "[{", "}]", "true", "null", "12", ", ", "\\\"", "[[[[", "]]}" }.Select(Encoding.ASCII.GetBytes),
            [],
        ];

        public int Count => _tokens.Length;

        public IReadOnlyList<int> EndTokens => [_tokens.Length - 1];

        public ReadOnlyMemory<byte> Bytes(int token) => _tokens[token];
    }

    // Drawn from the masks, so that every nesting comes, each with returns of its own.
    private static List<ulong[]> Draw(TokenGrammar grammar, ITokenBytes vocabulary, Random random, int tokens, Action? afterEach = null)
    {
        GrammarState state = grammar.Start();
        var masks = new List<ulong[]>();
        for (int step = 0; step < tokens; step++)
        {
            var mask = new ulong[grammar.Trie.MaskWords];
            state.FillMask(mask);
            masks.Add(mask);
            int[] allowed = [.. Enumerable.Range(0, vocabulary.Count).Where(t => (mask[t >> 6] >> t & 1) != 0)];
            // Texts that open more than they close.
            int[] opening = [.. allowed.Where(t => vocabulary.Bytes(t).Span.IndexOfAny("[{\":,"u8) >= 0 && vocabulary.Bytes(t).Span.IndexOfAny("]}"u8) < 0)];
            if (opening.Length > 0 && random.Next(10) < 8)
                allowed = opening;
            int token = allowed[random.Next(allowed.Length)];
            if (vocabulary.EndTokens.Contains(token))
                state = grammar.Start();
            else
                state.Accept(vocabulary.Bytes(token).Span).ShouldBeTrue();
            afterEach?.Invoke();
        }
        return masks;
    }

    [Fact]
    public void A_tiny_budget_allows_what_a_large_one_allows()
    {
        var vocabulary = new Vocabulary();
        var trie = TokenTrie.Build(vocabulary);
        GrammarLimits tiny = new() { TableBytes = 20_000, MaskBytes = 2_000 };
        for (int seed = 0; seed < 3; seed++)
        {
            var large = new TokenGrammar(Grammar.AnyJson(limits: s_roomy), trie, TimeSpan.Zero);
            var small = new TokenGrammar(Grammar.AnyJson(limits: tiny), trie, TimeSpan.Zero);
            List<ulong[]> expected = Draw(large, vocabulary, new Random(seed), 400);
            List<ulong[]> found = Draw(small, vocabulary, new Random(seed), 400, () => small.MaskBytes.ShouldBeLessThanOrEqualTo(tiny.MaskBytes));
            large.MaskBytes.ShouldBeGreaterThan(4 * tiny.MaskBytes);
            large.Grammar.Table.Bytes.ShouldBeGreaterThan(10 * tiny.TableBytes);
            for (int i = 0; i < expected.Count; i++)
                found[i].ShouldBe(expected[i], $"mask {i} of seed {seed}");
        }
    }

    [Fact]
    public void Memory_stays_bounded_however_many_states_are_reached()
    {
        const long Table = 1 << 20;
        Grammar grammar = Grammar.AnyJson(limits: new GrammarLimits { TableBytes = Table });
        Walk(grammar, 300);
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        for (int round = 0; round < 8; round++)
        {
            Walk(grammar, 1000);
            most = Math.Max(most, grammar.Table.Bytes);
        }
        long after = GC.GetTotalMemory(forceFullCollection: true);
        // A step may go beyond the bound, by what one set takes.
        most.ShouldBeInRange(Table / 2, Table + 50_000);
        // Other tests run meanwhile; what would be kept of 8000 texts is 100 times as much.
        (after - before).ShouldBeLessThan(64 << 20);
        GC.KeepAlive(grammar);
    }

    [Fact]
    public void The_count_of_bytes_is_near_what_is_allocated()
    {
        Grammar grammar = Grammar.AnyJson(limits: s_roomy);
        Walk(grammar, 10);
        long counted = grammar.Bytes, before = Allocated();
        Walk(grammar, 200);
        counted = grammar.Bytes - counted;
        // Work allocates what it drops again as well, and tables grow by doubling.
        counted.ShouldBeInRange((Allocated() - before) / 4, Allocated() - before);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Allocated() => GC.GetAllocatedBytesForCurrentThread();

    // Texts that nest arrays and objects at random, so that hardly two have the same returns.
    private static void Walk(Grammar grammar, int texts)
    {
        var random = new Random(Seed + texts);
        for (int i = 0; i < texts; i++)
        {
            var text = new StringBuilder();
            for (int depth = 0; depth < 60; depth++)
                text.Append(random.Next(2) == 0 ? "[" : "{\"a\":");
            grammar.Matches(Encoding.ASCII.GetBytes(text.ToString())).ShouldBeFalse();
        }
    }
}
