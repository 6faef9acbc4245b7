using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>Vectors of SentencePiece itself for its own test models.</summary>
public class SentencePieceVectorTests
{
    [DataTheory(TestTokenizers.Vectors + "/sentencepiece")]
    [InlineData("test_model", 247)]
    [InlineData("test_ja_model", 147)]
    public void Unigram_models_encode_and_decode_as_the_vectors_say(string name, int count)
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf($"{TestTokenizers.Vectors}/sentencepiece/vectors_unigram_{name}.json")));
        Tokenizer tokenizer = TestTokenizers.FromModel(name);
        tokenizer.VocabularySize.ShouldBe(vectors.RootElement.GetProperty("vocab_size").GetInt32());
        JsonElement list = vectors.RootElement.GetProperty("vectors");
        list.GetArrayLength().ShouldBe(count);
        foreach (JsonElement vector in list.EnumerateArray())
        {
            string text = vector.GetProperty("text").GetString()!;
            int[] ids = [.. vector.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            tokenizer.Encode(text).ShouldBe(ids, text);
            tokenizer.Decode(ids, skipSpecial: false).ShouldBe(vector.GetProperty("decoded").GetString(), text);
        }
    }
}
