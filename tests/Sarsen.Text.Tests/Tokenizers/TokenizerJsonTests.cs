using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class TokenizerJsonTests
{
    private const string Stories = "models/tinystories-656k";

    [DataFact(Stories + "/tokenizer.json", TestTokenizers.Vectors + "/tinystories656k_rust_vectors.json")]
    public void A_model_s_file_encodes_and_decodes_as_the_library_that_wrote_it()
    {
        Tokenizer tokenizer = ReadStories();
        using var vectors = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf(TestTokenizers.Vectors + "/tinystories656k_rust_vectors.json")));
        JsonElement list = vectors.RootElement.GetProperty("vectors");
        list.GetArrayLength().ShouldBe(49);
        foreach (JsonElement vector in list.EnumerateArray())
        {
            string text = vector.GetProperty("text").GetString()!;
            int[] ids = [.. vector.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            tokenizer.Encode(text, EncodeOptions.Whole).ShouldBe(ids, text);
            tokenizer.Decode(ids).ShouldBe(vector.GetProperty("decoded").GetString(), text);
        }
    }

    [DataFact(Stories)]
    public void The_metadata_of_gguf_and_tokenizer_json_of_one_model_agree()
    {
        Tokenizer json = ReadStories();
        Tokenizer gguf = GgufTokenizer.Read(GgufMetadata.Read(TestData.PathOf(Stories + "/tinystories-656k-f16.gguf")), "stories");
        gguf.VocabularySize.ShouldBe(json.VocabularySize);
        const string Text = "Once upon a time, there was a little girl named Lily.\nShe said, \"I want to play!\"";
        gguf.Encode(Text, EncodeOptions.Whole).ShouldBe(json.Encode(Text, EncodeOptions.Whole));
        for (int id = 3; id < json.VocabularySize; id++)
            gguf.BytesOf(id).SequenceEqual(json.BytesOf(id)).ShouldBeTrue($"{id}");
    }

    [Theory]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}""", "merge 0")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":["ab"]}}""", "merge 0")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}""", "ids")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":99999999999},"merges":[]}}""", "ids")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}""", "same id")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":"0"},"merges":[]}}""", "an id")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "no tokens")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}}""", "dropout")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"}}""", "unk_token")]
    [InlineData("""{"model":{"type":"BPO","vocab":{"a":0},"merges":[]}}""", "'BPE' is")]
    [InlineData("""{"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":1}}""", "unk_id")]
    [InlineData("""{"model":{"type":"Unigram","vocab":[["a","x"]],"unk_id":0}}""", "scores")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[{"id":4000000,"content":"x"}]}""", "far beyond")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}}""", "regular expression")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"NFX"}}""", "normalizer 'NFX'")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"Precompiled","precompiled_charsmap":"AAAAAA=="}}""", "charsmap")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"decoder":{"type":"CTC"}}""", "decoder 'CTC'")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"post_processor":{"type":"BertProcessing","sep":["x",9],"cls":["x",0]}}""", "no token")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"\ud800":0},"merges":[]}}""", "Unicode")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    public void What_is_wrong_is_refused_with_its_cause(string json, string cause) =>
        Should.Throw<ModelFormatException>(() => TokenizerJson.Read(Encoding.UTF8.GetBytes(json), "t")).Message.ShouldContain(cause);

    [Fact]
    public void Depth_is_bounded()
    {
        string normalizer = string.Concat(Enumerable.Repeat("""{"type":"Sequence","normalizers":[""", 1000)) + string.Concat(Enumerable.Repeat("]}", 1000));
        byte[] json = Encoding.UTF8.GetBytes($$"""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{{normalizer}}}""");
        Should.Throw<ModelFormatException>(() => TokenizerJson.Read(json, "t"));
    }

    [SlowFact]
    public void Text_that_normalizers_blow_up_is_refused()
    {
        string doubling = string.Join(',', Enumerable.Repeat("""{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaa"}""", 20));
        byte[] json = Encoding.UTF8.GetBytes($$$"""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"Sequence","normalizers":[{{{doubling}}}]}}""");
        Should.Throw<ModelFormatException>(() => TokenizerJson.Read(json, "t").Encode(new string('a', 1 << 16))).Message.ShouldContain("normalizers");
    }

    [Fact]
    public void Special_tokens_in_text_are_text_unless_asked_for()
    {
        Tokenizer tokenizer = TokenizerJson.Read(Encoding.UTF8.GetBytes("""
            {"added_tokens":[{"id":4,"content":"<s>","special":true},{"id":5,"content":"<b>","special":false,"normalized":false}],
             "model":{"type":"BPE","vocab":{"<":0,"s":1,">":2,"b":3},"merges":[]}}
            """), "t");
        tokenizer.Encode("b<s><b>").ShouldBe([3, 0, 1, 2, 5]);
        tokenizer.Encode("b<s><b>", new EncodeOptions(ParseSpecial: true)).ShouldBe([3, 4, 5]);
        tokenizer.SpecialTokens.ShouldBe(new Dictionary<string, int> { ["<s>"] = 4 });
    }

    [Theory]
    [InlineData("lstrip", "a  <m>  a", new[] { 0, 2, 1, 1, 0 })]
    [InlineData("rstrip", "a  <m>  a", new[] { 0, 1, 1, 2, 0 })]
    [InlineData("single_word", "a<m>a <m>", new[] { 0, 0, 1, 2 })]
    public void Added_tokens_take_white_space_or_stand_alone(string flag, string text, int[] ids)
    {
        var added = JsonNode.Parse("""{"id":2,"content":"<m>","special":true,"normalized":false}""")!.AsObject();
        added[flag] = true;
        var root = new JsonObject
        {
            ["added_tokens"] = new JsonArray(added),
            ["model"] = JsonNode.Parse("""{"type":"BPE","vocab":{"a":0," ":1},"merges":[]}"""),
        };
        TokenizerJson.Read(JsonSerializer.SerializeToUtf8Bytes(root), "t").Encode(text, EncodeOptions.Whole).ShouldBe(ids);
    }

    private static Tokenizer ReadStories() => TokenizerJson.Read(File.ReadAllBytes(TestData.PathOf(Stories + "/tokenizer.json")), "stories");
}
