using System.Globalization;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>The texts and ids of llama.cpp's own tests, for the vocabularies that are there.</summary>
public class LlamaCppVectorTests
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    [DataTheory(TestTokenizers.Gguf)]
    [InlineData("gpt-2")]
    [InlineData("falcon")]
    [InlineData("starcoder")]
    [InlineData("refact")]
    [InlineData("mpt")]
    [InlineData("deepseek-coder")]
    [InlineData("deepseek-llm")]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("bert-bge")]
    public void Gguf_vocabularies_encode_as_llama_cpp_does(string name) => Check(name, TestTokenizers.FromGguf(name));

    [DataFact(TestTokenizers.Gguf, TestTokenizers.Vectors)]
    public void The_vectors_of_gpt_4o_hold_for_its_tiktoken_file() => Check("gpt-4o", TestTokenizers.FromTiktoken("o200k_base"));

    private static void Check(string name, Tokenizer tokenizer)
    {
        string[] texts = File.ReadAllText(TestData.PathOf($"{TestTokenizers.Gguf}/ggml-vocab-{name}.gguf.inp")).Split(Separator);
        string[] lines = File.ReadAllText(TestData.PathOf($"{TestTokenizers.Gguf}/ggml-vocab-{name}.gguf.out")).TrimEnd('\n').Split('\n');
        // The texts end with a separator, behind which is nothing.
        texts = texts[..^1];
        lines.Length.ShouldBe(texts.Length);
        var wrong = new List<string>();
        for (int i = 0; i < texts.Length; i++)
        {
            int[] expected = [.. lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, CultureInfo.InvariantCulture))];
            int[] ids = tokenizer.Encode(texts[i]);
            if (!ids.SequenceEqual(expected))
                wrong.Add($"'{texts[i]}': [{string.Join(' ', ids)}], expected [{string.Join(' ', expected)}]");
        }
        wrong.ShouldBeEmpty($"{wrong.Count} of {texts.Length}");
    }
}
