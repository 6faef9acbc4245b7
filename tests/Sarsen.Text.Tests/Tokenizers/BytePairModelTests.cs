using Sarsen.Testing;
using Sarsen.Text.Tokenizers;
using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class BytePairModelTests
{
    [Fact]
    public void The_heap_merges_as_the_plain_way_does()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            var merges = new Merges(64);
            for (int i = 0; i < 40; i++)
            {
                // Ranks that are equal, and tokens that several pairs make, as scores of SentencePiece give.
                merges.TryAdd(random.Next(12 + i), random.Next(12 + i), random.Next(20), 12 + i);
            }
            int[] symbols = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(12))];
            int[] plain = [.. symbols], heap = [.. symbols];
            int plainCount = merges.ApplyPlain(plain, new int[symbols.Length]);
            int heapCount = merges.ApplyByHeap(heap, new MergeHeap());
            heap[..heapCount].ShouldBe(plain[..plainCount], string.Join(' ', symbols));
        }
    }

    [Fact]
    public void Texts_cut_at_seams_have_the_tokens_of_the_whole()
    {
        const string Alphabet = "abcd▁é日\U0001F999\n";
        var random = new Random(5);
        for (int round = 0; round < 100; round++)
        {
            string[] tokens = [.. Enumerable.Range(0, 60).Select(_ => Word(random, Alphabet, random.Next(1, 5))).Distinct()];
            float[] scores = [.. tokens.Select(_ => (float)random.Next(10))];
            var symbols = new CharSymbols(tokens.Length, unknown: 0, fuse: false, fallback: null);
            var model = new BytePairModel(symbols, MergeLists.FromScores([.. tokens.Select((t, id) => (t, id))], scores, symbols, "t"));
            var seams = new SeamSplitter(tokens);
            string text = Word(random, Alphabet, 40);
            TokenIds whole = new(), cut = new();
            model.Encode(text, new EncodeScratch(), whole);
            var scratch = new EncodeScratch();
            int next;
            for (int start = 0; start < text.Length; start = next)
            {
                next = seams.Next(text, start);
                model.Encode(text.AsSpan(start, next - start), scratch, cut);
            }
            cut.Span.ToArray().ShouldBe(whole.Span.ToArray(), text);
        }
    }

    [Fact]
    public void A_cache_that_is_full_forgets_and_goes_on()
    {
        var cache = new WordCache();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 100_000; i++)
            {
                string word = $"w{i}";
                ReadOnlySpan<int> known = cache.Find(word, out uint hash);
                if (known.IsEmpty)
                    cache.Add(word, hash, [i, -i]);
                else
                    known.ToArray().ShouldBe([i, -i]);
                cache.Find(word, out _).ToArray().ShouldBe([i, -i]);
            }
        }
    }

    [DataTheory(TestTokenizers.Vectors, TestTokenizers.Gguf)]
    [InlineData("r50k_base")]
    [InlineData("o200k_base")]
    [InlineData("llama-spm")]
    [InlineData("bert-bge")]
    public void Encoding_into_a_list_that_has_grown_allocates_nothing(string name)
    {
        Tokenizer tokenizer = name.EndsWith("_base", StringComparison.Ordinal) ? TestTokenizers.FromTiktoken(name) : TestTokenizers.FromGguf(name);
        string text = string.Concat(Enumerable.Repeat("The quick brown fox jumps over 13 lazy dogs, isn't it? ", 20)) + new string('x', 300);
        var ids = new TokenIds();
        AllocatedBytes.Of(() =>
        {
            ids.Clear();
            tokenizer.Encode(text, ids, EncodeOptions.Whole);
        }).ShouldBe(0);
        ids.Count.ShouldBeGreaterThan(200);
    }

    [DataFact(TestTokenizers.Gguf)]
    public void Many_threads_get_the_ids_of_one()
    {
        Tokenizer tokenizer = TestTokenizers.FromGguf("llama-spm");
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => $"Text number {i}: {new string('a', i)} größer \U0001F999")];
        int[][] expected = Array.ConvertAll(texts, t => tokenizer.Encode(t));
        Parallel.For(0, 512, i => tokenizer.Encode(texts[i % texts.Length]).ShouldBe(expected[i % texts.Length]));
    }

    [DataFact(TestTokenizers.Vectors, TestTokenizers.Gguf)]
    public void Any_text_comes_back_from_tokenizers_without_loss()
    {
        const string Alphabet = "abcDEF 012,.'\t\n\u00E9\u0301日本\u3000한\U0001F999\U0001D7D7";
        var random = new Random(9);
        Tokenizer[] lossless = [TestTokenizers.FromTiktoken("r50k_base"), TestTokenizers.FromTiktoken("o200k_base"), TestTokenizers.FromGguf("llama-spm"), TestTokenizers.FromGguf("deepseek-llm")];
        for (int round = 0; round < 200; round++)
        {
            string text = Word(random, Alphabet, random.Next(1, 30));
            foreach (Tokenizer tokenizer in lossless)
            {
                int[] ids = tokenizer.Encode(text);
                tokenizer.Decode(ids).ShouldBe(text);
                byte[] bytes = [.. ids.SelectMany(id => tokenizer.BytesOf(id).ToArray())];
                System.Text.Encoding.UTF8.GetString(bytes).TrimStart(' ').ShouldBe(text.TrimStart(' '));
            }
        }
    }

    // Whole characters of the alphabet, so that no pair is torn.
    private static string Word(Random random, string alphabet, int length)
    {
        System.Text.Rune[] runes = [.. alphabet.EnumerateRunes()];
        return string.Concat(Enumerable.Range(0, length).Select(_ => runes[random.Next(runes.Length)].ToString()));
    }
}
