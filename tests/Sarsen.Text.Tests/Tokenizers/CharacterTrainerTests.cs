using System.Text.Json;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class CharacterTrainerTests
{
    [Fact]
    public void Characters_are_tokens_in_the_order_of_their_numbers()
    {
        Tokenizer tokenizer = Train("ba\n", "😀a日");
        tokenizer.VocabularySize.ShouldBe(7);
        Enumerable.Range(0, 7).Select(tokenizer.TokenOf).ShouldBe(["<unk>", "<|endoftext|>", "\n", "a", "b", "日", "😀"]);
        tokenizer.Encode("a😀b\n日").ShouldBe([3, 6, 4, 2, 5]);
    }

    [Fact]
    public void What_is_encoded_is_decoded_and_other_characters_are_unknown()
    {
        Tokenizer tokenizer = Train("to be, or not to be: 'tis <unk> & more \u001f\"\\");
        const string Text = "not \"more\"\\ be: <unk>";
        tokenizer.Decode(tokenizer.Encode(Text)).ShouldBe(Text);
        tokenizer.Encode("bqe")[1].ShouldBe(0);
        tokenizer.Decode(tokenizer.Encode("bqe")).ShouldBe("be");
    }

    [Fact]
    public void The_file_is_one_of_byte_pairs_without_merges()
    {
        var trainer = new CharacterTrainer();
        trainer.Add("ab");
        trainer.VocabularySize.ShouldBe(3);
        using JsonDocument json = JsonDocument.Parse(trainer.ToJson());
        JsonElement model = json.RootElement.GetProperty("model");
        model.GetProperty("type").GetString().ShouldBe("BPE");
        model.GetProperty("merges").GetArrayLength().ShouldBe(0);
        json.RootElement.GetProperty("decoder").GetProperty("type").GetString().ShouldBe("Fuse");
    }

    private static Tokenizer Train(params string[] texts)
    {
        var trainer = new CharacterTrainer("<|endoftext|>");
        foreach (string text in texts)
            trainer.Add(text);
        return TokenizerJson.Read(trainer.ToJson(), "characters");
    }
}
