using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>The vectors of transformers.js, for the models whose vocabulary is in the test data under another name.</summary>
public class HuggingFaceVectorTests
{
    private const string File = TestTokenizers.Vectors + "/hf_transformersjs_vectors.json";

    private static readonly Lazy<Tokenizer> Gpt2 = new(() => OverGpt2([JsonFiles.Added(50256, "<|endoftext|>")]));
    private static readonly Lazy<Tokenizer> Whisper = new(() => OverGpt2(WhisperTokens(strips: false), JsonFiles.Template([50257, 50362], [50256])));
    private static readonly Lazy<Tokenizer> DistilWhisper = new(() => OverGpt2(WhisperTokens(strips: true), JsonFiles.Template([50257, 50362], [50256])));
    private static readonly Lazy<Tokenizer> Bert = new(MakeBert);
    private static readonly Lazy<Tokenizer> Mpnet = new(MakeMpnet);

    private static readonly Dictionary<string, (Func<Tokenizer> Make, int Count)> Models = new(StringComparer.Ordinal)
    {
        ["Xenova/gpt2"] = (() => Gpt2.Value, 26),
        ["openai-community/gpt2"] = (() => Gpt2.Value, 26),
        ["tiiuae/falcon-rw-1b"] = (() => Gpt2.Value, 15),
        ["onnx-community/whisper-tiny.en"] = (() => Whisper.Value, 24),
        ["distil-whisper/distil-small.en"] = (() => DistilWhisper.Value, 1),
        ["Xenova/gpt-4"] = (() => TestTokenizers.FromTiktoken("cl100k_base"), 4),
        ["Xenova/gpt-4o"] = (() => TestTokenizers.FromTiktoken("o200k_base"), 15),
        ["tiiuae/falcon-7b"] = (() => TestTokenizers.FromGguf("falcon"), 24),
        ["Xenova/deepseek-coder-1.3b-instruct"] = (() => TestTokenizers.FromGguf("deepseek-coder"), 37),
        ["Xenova/llama-tokenizer"] = (() => TestTokenizers.FromGguf("llama-spm"), 37),
        ["Xenova/bert-base-uncased"] = (() => Bert.Value, 30),
        ["Xenova/distilbert-base-uncased-finetuned-sst-2-english"] = (() => Bert.Value, 12),
        ["Xenova/all-mpnet-base-v2"] = (() => Mpnet.Value, 25),
    };

    public static TheoryData<string> Names => [.. Models.Keys];

    [DataTheory(File, TestTokenizers.Gguf)]
    [MemberData(nameof(Names))]
    public void Texts_encode_and_decode_as_the_vectors_say(string name)
    {
        using var vectors = JsonDocument.Parse(System.IO.File.ReadAllBytes(TestData.PathOf(File)));
        (Func<Tokenizer> make, int count) = Models[name];
        Tokenizer tokenizer = make();
        JsonElement tests = vectors.RootElement.GetProperty(name).GetProperty("tests");
        var wrong = new List<string>();
        foreach (JsonProperty test in tests.EnumerateObject())
        {
            string text = test.Value.GetProperty("text").GetString()!;
            int[] expected = [.. test.Value.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32())];
            var ids = new TokenIds();
            if (test.Value.TryGetProperty("text_pair", out JsonElement pair))
                tokenizer.EncodePair(text, pair.GetString(), ids, EncodeOptions.Whole);
            else
                tokenizer.Encode(text, ids, EncodeOptions.Whole);
            if (!ids.Span.SequenceEqual(expected))
                wrong.Add($"{test.Name} '{text}': [{string.Join(' ', ids.Span.ToArray())}], expected [{string.Join(' ', expected)}]");
            string? decoded = test.Value.TryGetProperty("decoded", out JsonElement d) ? d.GetString() : null;
            string ours = tokenizer.Decode(expected, skipSpecial: false);
            if (decoded is not null && ours != decoded && Cleaned(ours) != decoded)
                wrong.Add($"{test.Name}: '{ours}', expected '{decoded}'");
        }
        wrong.ShouldBeEmpty($"{wrong.Count} of {tests.EnumerateObject().Count()}");
        tests.EnumerateObject().Count().ShouldBe(count);
    }

    // clean_up_tokenization_spaces of the library that made the vectors, which some of these models set.
    private static string Cleaned(string text) => text
        .Replace(" .", ".").Replace(" ?", "?").Replace(" !", "!").Replace(" ,", ",").Replace(" ' ", "'")
        .Replace(" n't", "n't").Replace(" 'm", "'m").Replace(" 's", "'s").Replace(" 've", "'ve").Replace(" 're", "'re");

    private static Tokenizer OverGpt2(JsonArray added, JsonObject? template = null)
    {
        Dictionary<string, object> metadata = GgufMetadata.Read(TestData.PathOf($"{TestTokenizers.Gguf}/ggml-vocab-gpt-2.gguf.gz"));
        byte[] json = JsonFiles.ByteLevel((string[])metadata["tokenizer.ggml.tokens"], (string[])metadata["tokenizer.ggml.merges"], added, template);
        return TokenizerJson.Read(json, "gpt2");
    }

    private static JsonArray WhisperTokens(bool strips) =>
    [
        JsonFiles.Added(50256, "<|endoftext|>", strips), JsonFiles.Added(50257, "<|startoftranscript|>", strips), JsonFiles.Added(50258, "<|en|>", strips),
        JsonFiles.Added(50362, "<|notimestamps|>", strips),
    ];

    private static Tokenizer MakeBert() => TokenizerJson.Read(JsonFiles.Bert(BertTokens(),
        [JsonFiles.Added(0, "[PAD]"), JsonFiles.Added(100, "[UNK]"), JsonFiles.Added(101, "[CLS]"), JsonFiles.Added(102, "[SEP]"), JsonFiles.Added(103, "[MASK]")],
        JsonFiles.Node("""{"type":"BertProcessing","sep":["[SEP]",102],"cls":["[CLS]",101]}"""), "[UNK]"), "bert");

    // MPNet has BERT's tokens behind four of its own.
    private static Tokenizer MakeMpnet() => TokenizerJson.Read(JsonFiles.Bert(["<s>", "<pad>", "</s>", "<unk>", .. BertTokens(), "<mask>"],
        [JsonFiles.Added(0, "<s>"), JsonFiles.Added(1, "<pad>"), JsonFiles.Added(2, "</s>"), JsonFiles.Added(3, "<unk>"), JsonFiles.Added(104, "[UNK]"), JsonFiles.Added(30526, "<mask>")],
        JsonFiles.Node("""{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false}"""), "[UNK]"), "mpnet");

    private static string[] BertTokens() =>
        [.. ((string[])GgufMetadata.Read(TestData.PathOf($"{TestTokenizers.Gguf}/ggml-vocab-bert-bge.gguf.gz"))["tokenizer.ggml.tokens"])
            .Select(t => t.StartsWith('▁') ? t[1..] : t.StartsWith('[') && t.EndsWith(']') && t.Length > 2 ? t : "##" + t)];
}
