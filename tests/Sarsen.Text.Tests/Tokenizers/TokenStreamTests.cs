using System.Text;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class TokenStreamTests
{
    private const string Text = "Größe \U0001F999\U0001F999 日本語 naïve e\u0301 \U0001F468\u200D\U0001F469 ⅓";

    [DataTheory(TestTokenizers.Vectors, TestTokenizers.Gguf)]
    [InlineData("r50k_base")]
    [InlineData("llama-spm")]
    public void A_stream_gives_whole_characters_only_and_in_the_end_the_text(string name)
    {
        Tokenizer tokenizer = name == "r50k_base" ? TestTokenizers.FromTiktoken(name) : TestTokenizers.FromGguf(name);
        TokenStream stream = tokenizer.StreamDecoder();
        var text = new StringBuilder();
        int without = 0;
        foreach (int id in tokenizer.Encode(Text))
        {
            ReadOnlySpan<char> part = stream.Add(id);
            without += part.IsEmpty ? 1 : 0;
            text.Append(part);
            Text.ShouldStartWith(text.ToString());
            (text.Length > 0 && char.IsHighSurrogate(text[^1])).ShouldBeFalse();
        }
        without.ShouldBeGreaterThan(0);
        stream.End().ToString().ShouldBeEmpty();
        text.ToString().ShouldBe(Text);
    }

    [Fact]
    public void Bytes_that_are_no_text_become_replacement_characters()
    {
        Tokenizer bytes = Bytes();
        bytes.Decode([0xFF, 'a', 0xC3, 'b', 0xE2, 0x82, 'c', 0xF0, 0x9F, 0xA6]).ShouldBe("\uFFFDa\uFFFDb\uFFFDc\uFFFD");
        TokenStream stream = bytes.StreamDecoder();
        stream.Add(0xF0).ToString().ShouldBeEmpty();
        stream.Add(0x9F).ToString().ShouldBeEmpty();
        stream.Add('x').ToString().ShouldBe("\uFFFDx");
        stream.Add(0xC3).ToString().ShouldBeEmpty();
        stream.End().ToString().ShouldBe("\uFFFD");
        Should.Throw<ArgumentOutOfRangeException>(() => stream.Add(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => stream.Add(bytes.VocabularySize));
    }

    [Fact]
    public void Any_bytes_decode_to_the_same_text_at_once_and_in_parts()
    {
        Tokenizer tokenizer = Bytes();
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            int[] ids = Array.ConvertAll(bytes, b => (int)b);
            tokenizer.Decode(ids).ShouldBe(Encoding.UTF8.GetString(bytes));
        }
    }

    // A token for each byte, its id the byte.
    private static Tokenizer Bytes()
    {
        string lines = string.Concat(Enumerable.Range(0, 256).Select(b => $"{Convert.ToBase64String([(byte)b])} {b}\n"));
        return TiktokenFile.Read(Encoding.ASCII.GetBytes(lines), new TiktokenEncoding(@"\s+|\S+", new Dictionary<string, int>()), "bytes");
    }
}
