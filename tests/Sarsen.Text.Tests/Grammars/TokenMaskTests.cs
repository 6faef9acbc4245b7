using System.Diagnostics;
using Sarsen.Testing;
using Sarsen.Text.Grammars;
using Xunit.Abstractions;

namespace Sarsen.Text.Tests.Grammars;

/// <summary>Masks hold exactly the tokens that the automaton accepts, one by one, and cost little.</summary>
public class TokenMaskTests(ITestOutputHelper output)
{
    private const int Seed = 42;

    [DataFact(TestVocabulary.File, GrammarVectorTests.File)]
    public void AMaskHoldsExactlyTheTokensThatAreAccepted()
    {
        var vocabulary = new TestVocabulary(6000);
        var trie = TokenTrie.Build(vocabulary);
        var mask = new ulong[trie.MaskWords];
        int masks = 0;
        foreach ((string name, Grammar grammar, byte[] text) in GrammarCases.All())
        {
            GrammarState state = new TokenGrammar(grammar, trie, TimeSpan.Zero).Start();
            foreach (byte[] token in Tokenise(vocabulary, text, new Random(Seed)))
            {
                Check(state, vocabulary, mask, name);
                masks++;
                state.Accept(token).ShouldBeTrue(name);
            }
            Check(state, vocabulary, mask, name);
            state.CanEnd.ShouldBeTrue(name);
        }
        masks.ShouldBeGreaterThan(300);
    }

    [DataFact(TestVocabulary.File, GrammarVectorTests.File)]
    public void ATextThatIsDrawnFromTheMasksMatches()
    {
        var vocabulary = new TestVocabulary(6000);
        var trie = TokenTrie.Build(vocabulary);
        var mask = new ulong[trie.MaskWords];
        var random = new Random(Seed);
        int ended = 0;
        foreach ((string name, Grammar grammar, _) in GrammarCases.All())
        {
            GrammarState state = new TokenGrammar(grammar, trie, TimeSpan.Zero).Start();
            var text = new List<byte>();
            for (int step = 0; step < 60; step++)
            {
                state.FillMask(mask);
                int[] allowed = [.. Enumerable.Range(0, vocabulary.Count).Where(t => (mask[t >> 6] >> t & 1) != 0)];
                allowed.ShouldNotBeEmpty(name);
                int token = allowed[random.Next(allowed.Length)];
                if (token == vocabulary.EndTokens[0])
                    break;
                text.AddRange(vocabulary.Bytes(token).Span);
                state.Accept(vocabulary.Bytes(token).Span).ShouldBeTrue(name);
            }
            grammar.Matches(text.ToArray()).ShouldBe(state.CanEnd, name);
            ended += state.CanEnd ? 1 : 0;
        }
        ended.ShouldBeGreaterThan(10);
    }

    [DataFact(TestVocabulary.File)]
    public void AStateGoesBackAndApart()
    {
        var vocabulary = new TestVocabulary(1000);
        var trie = TokenTrie.Build(vocabulary);
        GrammarState state = new TokenGrammar(Grammar.AnyJson(), trie).Start();
        ulong[] before = new ulong[trie.MaskWords], after = new ulong[trie.MaskWords];
        state.Accept("{\"a\""u8).ShouldBeTrue();
        state.FillMask(before);
        GrammarState other = state.Clone();
        state.Accept(":"u8).ShouldBeTrue();
        state.Accept("[1,"u8).ShouldBeTrue();
        state.Accept("]"u8).ShouldBeFalse();
        state.Length.ShouldBe(3);
        other.Length.ShouldBe(1);
        other.Accept(": 2}"u8).ShouldBeTrue();
        other.CanEnd.ShouldBeTrue();
        state.Rollback(2);
        state.FillMask(after);
        after.ShouldBe(before);
        Should.Throw<ArgumentOutOfRangeException>(() => state.Rollback(2));
        Should.Throw<ArgumentException>(() => state.FillMask(new ulong[trie.MaskWords - 1]));
    }

    [DataFact(TestVocabulary.File)]
    public void AMaskAllocatesNothingOnceItsStatesAreKnown()
    {
        var vocabulary = new TestVocabulary(6000);
        var trie = TokenTrie.Build(vocabulary);
        GrammarState state = new TokenGrammar(Grammar.AnyJson(), trie).Start();
        var mask = new ulong[trie.MaskWords];
        state.Accept("{\"a\": [1, {\"b"u8).ShouldBeTrue();
        AllocatedBytes.Of(() => state.FillMask(mask)).ShouldBe(0);
    }

    [SlowFact(TestVocabulary.File, GrammarVectorTests.File)]
    public void AMaskOver128000TokensTakesMicroseconds()
    {
        var vocabulary = new TestVocabulary(128_000);
        var trie = TokenTrie.Build(vocabulary);
        var mask = new ulong[trie.MaskWords];
        var times = new List<double>();
        foreach ((string name, Grammar grammar, byte[] text) in GrammarCases.All())
        {
            long begin = Stopwatch.GetTimestamp();
            var tokens = new TokenGrammar(grammar, trie);
            double prepared = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            var own = new List<double>();
            // Each sequence as a server has it: the first one pays for what was not prepared.
            for (int sequence = 0; sequence < 10; sequence++)
            {
                GrammarState state = tokens.Start();
                foreach (byte[] token in Tokenise(vocabulary, text, new Random(sequence)))
                {
                    begin = Stopwatch.GetTimestamp();
                    state.FillMask(mask);
                    own.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
                    state.Accept(token).ShouldBeTrue(name);
                }
            }
            times.AddRange(own);
            own.Sort();
            output.WriteLine(FormattableString.Invariant($"{name}: {grammar.Table.Automaton.States.Length} states, prepared in {prepared:F0} ms; p50 {own[own.Count / 2]:F1} µs, p99 {own[own.Count * 99 / 100]:F1} µs, most {own[^1]:F1} µs"));
        }
        times.Sort();
        double p50 = times[times.Count / 2], p99 = times[times.Count * 99 / 100];
        output.WriteLine(FormattableString.Invariant($"all {times.Count}: p50 {p50:F1} µs, p99 {p99:F1} µs, most {times[^1]:F1} µs"));
        p50.ShouldBeLessThan(50);
        p99.ShouldBeLessThan(1000);
    }

    private static void Check(GrammarState state, TestVocabulary vocabulary, ulong[] mask, string name)
    {
        Array.Fill(mask, ulong.MaxValue);
        state.FillMask(mask);
        for (int token = 0; token < vocabulary.Count; token++)
        {
            bool allowed = (mask[token >> 6] >> token & 1) != 0;
            bool expected = vocabulary.EndTokens.Contains(token) ? state.CanEnd : !vocabulary.Bytes(token).IsEmpty && Accepts(state, vocabulary.Bytes(token).Span);
            if (allowed != expected)
                throw new ShouldAssertException($"{name}: token {token} '{System.Text.Encoding.UTF8.GetString(vocabulary.Bytes(token).Span)}' is {allowed} after {state.Length} tokens");
        }
    }

    private static bool Accepts(GrammarState state, ReadOnlySpan<byte> token)
    {
        bool accepted = state.Accept(token);
        state.Rollback(accepted ? 1 : 0);
        return accepted;
    }

    // Cut at random into tokens of the vocabulary, longer ones more often.
    private static IEnumerable<byte[]> Tokenise(TestVocabulary vocabulary, byte[] text, Random random)
    {
        HashSet<string> known = vocabulary.Known;
        for (int at = 0; at < text.Length;)
        {
            int[] lengths = [.. Enumerable.Range(1, Math.Min(16, text.Length - at)).Where(n => known.Contains(Convert.ToHexString(text.AsSpan(at, n))))];
            int length = lengths[Math.Max(random.Next(lengths.Length), random.Next(lengths.Length))];
            yield return text[at..(at + length)];
            at += length;
        }
    }
}
