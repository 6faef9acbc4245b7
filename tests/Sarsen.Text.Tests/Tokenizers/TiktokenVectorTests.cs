using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>Vectors of an independent implementation of tiktoken's encodings.</summary>
public class TiktokenVectorTests
{
    private static readonly string[] Encodings = ["r50k_base", "cl100k_base", "o200k_base"];

    [DataFact(TestTokenizers.Vectors + "/tiktoken_vectors.json")]
    public void Texts_encode_and_decode_as_the_vectors_say()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf(TestTokenizers.Vectors + "/tiktoken_vectors.json")));
        foreach (string name in Encodings)
        {
            Tokenizer tokenizer = TestTokenizers.FromTiktoken(name);
            JsonElement list = vectors.RootElement.GetProperty(name);
            list.GetArrayLength().ShouldBe(47);
            foreach (JsonElement vector in list.EnumerateArray())
            {
                string text = vector[0].GetString()!;
                int[] ids = [.. vector[1].EnumerateArray().Select(i => i.GetInt32())];
                tokenizer.Encode(text).ShouldBe(ids, $"{name}: '{text}'");
                tokenizer.Decode(ids).ShouldBe(text, name);
            }
        }
    }

    [DataFact(TestTokenizers.Vectors + "/gpt-tokenizer_TestPlans.txt")]
    public void The_test_plans_hold()
    {
        string[] plans = File.ReadAllText(TestData.PathOf(TestTokenizers.Vectors + "/gpt-tokenizer_TestPlans.txt")).Split("EncodingName: ", StringSplitOptions.RemoveEmptyEntries);
        int count = 0;
        foreach (string plan in plans)
        {
            string name = plan[..plan.IndexOf('\n')].Trim();
            int sample = plan.IndexOf("\nSample: ", StringComparison.Ordinal) + "\nSample: ".Length;
            int encoded = plan.LastIndexOf("\nEncoded: ", StringComparison.Ordinal);
            int[] ids = JsonSerializer.Deserialize<int[]>(plan[(encoded + "\nEncoded: ".Length)..])!;
            TestTokenizers.FromTiktoken(name).Encode(plan.AsSpan(sample, encoded - sample)).ShouldBe(ids, plan);
            count++;
        }
        count.ShouldBe(313);
    }
}
