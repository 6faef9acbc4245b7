using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class BytePairTrainerTests
{
    private const string Reference = TestTokenizers.Vectors + "/cs336-bpe";

    [DataFact(Reference)]
    public void Merges_and_tokens_are_those_of_the_reference()
    {
        TrainedBytePairs trained = Train(File.ReadAllText(TestData.PathOf(Reference + "/corpus.en")), 500);
        string[] merges = File.ReadAllLines(TestData.PathOf(Reference + "/train-bpe-reference-merges.txt"));
        trained.Merges.Select(m => $"{m.Left} {m.Right}").ShouldBe(merges.Where(l => l.Length > 0));
        Dictionary<string, int> vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(TestData.PathOf(Reference + "/train-bpe-reference-vocab.json")))!;
        trained.Tokens.Select((t, id) => (t, id)).ShouldBe(vocabulary.Select(e => (e.Key, e.Value)), ignoreOrder: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(@"\p{N}{1,3}|\s?\p{L}+|[^\p{L}\p{N}]+")]
    public void A_trained_file_is_read_and_decodes_what_it_encodes(string? pattern)
    {
        var options = new BytePairTrainerOptions { VocabularySize = 300 };
        var trainer = new BytePairTrainer(pattern is null ? options : options with { Pattern = pattern });
        const string Text = "low lower lowest 2024 new newer newest<|endoftext|>wide wider widest größer 日本";
        trainer.Add(Text);
        Tokenizer tokenizer = TokenizerJson.Read(trainer.Train().ToJson(), "trained");
        int[] ids = tokenizer.Encode(Text, EncodeOptions.Whole);
        ids.ShouldContain(0);
        ids.Length.ShouldBeLessThan(System.Text.Encoding.UTF8.GetByteCount(Text) / 2);
        tokenizer.Decode(ids, skipSpecial: false).ShouldBe(Text);
        tokenizer.VocabularySize.ShouldBeLessThanOrEqualTo(300);
    }

    [Fact]
    public void Equal_pairs_go_by_their_bytes_and_rare_ones_stay_apart()
    {
        var trainer = new BytePairTrainer(new BytePairTrainerOptions { VocabularySize = 1000, SpecialTokens = [], MinimumCount = 2 });
        trainer.Add("ab cd ab cd xy");
        trainer.Train().Merges.ShouldBe([("c", "d"), ("a", "b"), ("Ġ", "cd")]);
        Should.Throw<ArgumentOutOfRangeException>(() => new BytePairTrainer(new BytePairTrainerOptions { VocabularySize = 256 }));
    }

    private static TrainedBytePairs Train(string text, int size)
    {
        var trainer = new BytePairTrainer(new BytePairTrainerOptions { VocabularySize = size });
        trainer.Add(text);
        return trainer.Train();
    }
}
