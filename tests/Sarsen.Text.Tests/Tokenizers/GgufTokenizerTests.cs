using Sarsen.Formats;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class GgufTokenizerTests
{
    [Theory]
    [InlineData("model", "rwkv", "gpt2, llama, t5 and bert")]
    [InlineData("model", 3, "must be a text")]
    [InlineData("pre", "gtp-2", "'gpt-2' is")]
    [InlineData("tokens", null, "tokens is not in the metadata")]
    [InlineData("merges", null, "merges is not in the metadata")]
    [InlineData("token_type", new[] { 1 }, "3 numbers")]
    [InlineData("bos_token_id", 3u, "an id below 3")]
    [InlineData("bos_token_id", null, "bos_token_id is not")]
    public void What_is_wrong_is_refused_with_its_cause(string key, object? value, string cause)
    {
        var metadata = new Dictionary<string, object>
        {
            ["tokenizer.ggml.model"] = "gpt2",
            ["tokenizer.ggml.pre"] = "gpt-2",
            ["tokenizer.ggml.tokens"] = (string[])["a", "b", "ab"],
            ["tokenizer.ggml.merges"] = (string[])["a b"],
            ["tokenizer.ggml.add_bos_token"] = true,
            ["tokenizer.ggml.bos_token_id"] = 0u,
        };
        GgufTokenizer.Read(metadata, "t").Encode("ab", EncodeOptions.Whole).ShouldBe([0, 2]);
        metadata.Remove("tokenizer.ggml." + key);
        if (value is not null)
            metadata["tokenizer.ggml." + key] = value;
        Should.Throw<ModelFormatException>(() => GgufTokenizer.Read(metadata, "t")).Message.ShouldContain(cause);
    }
}
