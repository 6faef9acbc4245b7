using System.Text;
using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

public class GgufTokenizerWriterTests
{
    private static readonly string[] s_alphabet = [.. Enumerable.Range(0, 256).Select(b => ByteAlphabet.CharOf((byte)b).ToString())];

    /// <summary>A byte-level tokenizer with a few merges, cut by a pattern.</summary>
    private static byte[] Json(string preTokenizer, string more = "", bool wholeWords = false)
    {
        string[] merged = ["he", "ll", "hell", "hello", "Ġw", "12"];
        var vocabulary = s_alphabet.Concat(merged).Select((text, id) => (text, id)).ToDictionary(t => t.text, t => t.id);
        return Encoding.UTF8.GetBytes($$"""
            {"version": "1.0", "added_tokens": [{"id": 262, "content": "<|end|>", "special": true}, {"id": 263, "content": "<tool>", "special": false}],
             "normalizer": null, "pre_tokenizer": {{preTokenizer}}, "post_processor": null, "decoder": {"type": "ByteLevel"},
             "model": {"type": "BPE", "ignore_merges": {{(wholeWords ? "true" : "false")}}, "vocab": {{JsonSerializer.Serialize(vocabulary)}},
             "merges": ["h e", "l l", "he ll", "hell o", "Ġ w", "1 2"]}{{more}} }
            """);
    }

    private const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}""";

    private static string Split(params string[] patterns) =>
        $$"""{"type": "Sequence", "pretokenizers": [{{string.Join(", ", patterns.Select(p => $$$"""{"type": "Split", "pattern": {"Regex": {{{JsonSerializer.Serialize(p)}}}}, "behavior": "Isolated", "invert": false}"""))}}, {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]}""";

    private static Dictionary<string, object> Values(IReadOnlyDictionary<string, GgufValue> values) =>
        values.ToDictionary(v => v.Key, v => v.Value.ToObject() is GgufArray array ? array.ToElements() : v.Value.ToObject());

    public static TheoryData<string, string, bool> PreTokenizers => new()
    {
        { "gpt-2", ByteLevel, false },
        { "llama-bpe", Split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), true },
        { "qwen2", Split(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), false },
        { "smollm", $$"""{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {{ByteLevel}}]}""", false },
        { "deepseek-v3", Split(@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"), false },
    };

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void A_byte_level_tokenizer_comes_back_from_both_forms(string name, string preTokenizer, bool wholeWords)
    {
        byte[] json = Json(preTokenizer, wholeWords: wholeWords);
        var roles = new SpecialTokenIds { Eos = 262, Bos = 262 };
        IReadOnlyDictionary<string, GgufValue> values = GgufTokenizerWriter.Write(json, "t.json", 270, roles, out IReadOnlyList<string> notes);
        notes.ShouldBeEmpty();
        values["tokenizer.ggml.pre"].ToObject().ShouldBe(name);
        values["tokenizer.ggml.eos_token_id"].ToObject().ShouldBe(262u);
        ((GgufArray)values["tokenizer.ggml.token_type"].ToObject()).As<int>()[260..].ToArray().ShouldBe([1, 1, 3, 4, 5, 5, 5, 5, 5, 5]);

        Dictionary<string, object> metadata = Values(values);
        TokenizerJsonWriter.Write(metadata, "t.gguf").ShouldBe(json);
        metadata.Remove("tokenizer.huggingface.json");
        Tokenizer original = TokenizerJson.Read(json, "t"), fromKeys = GgufTokenizer.Read(metadata, "t"), made = TokenizerJson.Read(TokenizerJsonWriter.Write(metadata, "t.gguf"), "t");
        foreach (string text in TellingTexts.All.Append("hello world<|end|> 12123 <tool>hell"))
        {
            int[] expected = original.Encode(text, new EncodeOptions(AddSpecial: true, ParseSpecial: true));
            fromKeys.Encode(text, new EncodeOptions(AddSpecial: true, ParseSpecial: true)).ShouldBe(expected, text);
            made.Encode(text, new EncodeOptions(AddSpecial: true, ParseSpecial: true)).ShouldBe(expected, text);
            made.Decode(expected).ShouldBe(original.Decode(expected), text);
        }
    }

    [Fact]
    public void What_the_keys_cannot_say_is_said()
    {
        byte[] json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Json(ByteLevel)).Replace("\"normalizer\": null", """ "normalizer": {"type": "NFC"}""", StringComparison.Ordinal));
        GgufTokenizerWriter.Write(json, "t.json", 264, new SpecialTokenIds(), out IReadOnlyList<string> notes);
        notes.ShouldContain(note => note.Contains("the NFC of this one is in tokenizer.huggingface.json alone"));
        notes.ShouldContain(note => note.Contains("may tokenise differently"));
    }

    [Fact]
    public void What_has_no_name_is_refused()
    {
        Should.Throw<ModelFormatException>(() => GgufTokenizerWriter.Write(Json(Split("[a-c]+")), "t.json", 300, new SpecialTokenIds(), out _)).Message.ShouldContain("none of the pre-tokenizers");
        Should.Throw<ModelFormatException>(() => GgufTokenizerWriter.Write(Json(ByteLevel), "t.json", 263, new SpecialTokenIds(), out _)).Message.ShouldContain("264 tokens, the model 263");
        byte[] pieces = """{"model": {"type": "WordPiece", "unk_token": "a", "vocab": {"a": 0}}}"""u8.ToArray();
        Should.Throw<ModelFormatException>(() => GgufTokenizerWriter.Write(pieces, "t.json", 263, new SpecialTokenIds(), out _)).Message.ShouldContain("of the type WordPiece");
    }
}
