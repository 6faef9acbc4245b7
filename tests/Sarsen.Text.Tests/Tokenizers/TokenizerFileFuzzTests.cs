using System.Text;
using Sarsen.Formats;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>Damaged files are read, or refused with the one type of exception; nothing else comes of them.</summary>
public class TokenizerFileFuzzTests
{
    private const string Json = """
        {"added_tokens":[{"id":5,"content":"<s>","special":true,"normalized":false,"lstrip":true,"rstrip":false,"single_word":false}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"},{"type":"Prepend","prepend":"▁"}]},
         "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[^\\s]+|\\s+"},"behavior":"Isolated","invert":false},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}]},
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],"special_tokens":{"<s>":{"ids":[5]}}},
         "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
         "model":{"type":"BPE","unk_token":"<unk>","fuse_unk":true,"byte_fallback":false,"vocab":{"<unk>":0,"a":1,"b":2,"ab":3,"▁":4},"merges":["a b"]}}
        """;

    [Fact]
    public void Tokenizer_json() => Fuzz(Encoding.UTF8.GetBytes(Json), 3000, bytes => TokenizerJson.Read(bytes, "t"));

    [Fact]
    public void Tiktoken() => Fuzz(
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 256).Select(b => $"{Convert.ToBase64String([(byte)b])} {b}\n")) + "YWI= 256\n"), 1000,
        bytes => TiktokenFile.Read(bytes, TiktokenEncoding.R50k with { Special = new Dictionary<string, int> { ["<e>"] = 257 } }, "t"));

    [DataFact(TestTokenizers.Vectors + "/sentencepiece")]
    public void SentencePiece() => Fuzz(
        File.ReadAllBytes(TestData.PathOf(TestTokenizers.Vectors + "/sentencepiece/test_model.model")), 60, bytes => SentencePieceFile.Read(bytes, "t"));

    private static void Fuzz(byte[] good, int rounds, Func<byte[], Tokenizer> read)
    {
        read(good).Encode("a b<s> ab", EncodeOptions.Whole).ShouldNotBeEmpty();
        var random = new Random(1);
        int refused = 0;
        for (int round = 0; round < rounds; round++)
        {
            byte[] bytes = round % 4 == 0 ? good[..random.Next(good.Length)] : [.. good];
            for (int i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0129\"{}[],:ab\\"[random.Next(14)];
            try
            {
                Tokenizer tokenizer = read(bytes);
                tokenizer.Decode(tokenizer.Encode("a b<s> ab \U0001F999", EncodeOptions.Whole));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }
        refused.ShouldBeGreaterThan(rounds / 5);
    }
}
