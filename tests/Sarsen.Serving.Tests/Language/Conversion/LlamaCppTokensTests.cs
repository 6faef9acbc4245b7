using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Conversion;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Tests.Language.Conversion;

/// <summary>The tokenizers of the GGUF files that we make, read by llama.cpp: the same tokens of the same texts.</summary>
public sealed class LlamaCppTokensTests : IDisposable
{
    private static readonly string[] s_texts =
    [
        "Hello, hello world! It's 1 12 123 1234 12345 hellos; I'M you'll THEY'RE", " leading", "two  spaces   three", "a\n\nb \n c\t\td  ",
        "if (x==y) { foo_bar[i]++; } // ----", "naïve café Привет 你好 123个 こんにちは 🙂",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-tokens-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    public static TheoryData<string, string?, bool> PreTokenizers => new()
    {
        { "gpt-2", null, false },
        { "llama-bpe", @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", true },
        { "qwen2", @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", false },
    };

    [LlamaCppTheory]
    [MemberData(nameof(PreTokenizers))]
    public void Byte_level_tokens_are_those_of_llama_cpp(string name, string? pattern, bool wholeWords)
    {
        WriteModel(pattern, wholeWords);
        ModelConversion.Run(_folder, In("a.gguf")).ShouldBeEmpty();
        using (GgufFile file = GgufFile.Open(In("a.gguf")))
            file.Metadata.Text("tokenizer.ggml.pre").ShouldBe(name);
        Compare(In("a.gguf"), s_texts);
    }

    [LlamaCppTheory("models/tinystories-656k")]
    [InlineData("Q8_0")]
    public void Tokens_of_a_real_model_are_those_of_llama_cpp(string type)
    {
        ModelConversion.Run(TestData.PathOf("models/tinystories-656k"), In("a.gguf"), new ModelConversionOptions { Type = type });
        Compare(In("a.gguf"), "Once upon a time, there was a little girl named Lily.", "\"Hi!\" she said. Tom's 3 dogs", " two  spaces");
        // The file is whole for it: it writes on as we do.
        LoadedLanguageModel model = LoadedLanguageModel.Open(In("a.gguf"), Workers.Serial);
        int[] prompt = model.Encode("Once upon a time, there was a little girl named Lily");
        LlamaCpp.Answer answer = LlamaCpp.Continue(In("a.gguf"), [.. prompt.Select(id => (long)id)], 7);
        model.Tokenizer.Decode(answer.Continuation).ShouldStartWith(". She was three years");
    }

    private static void Compare(string file, params string[] texts)
    {
        LoadedLanguageModel model = LoadedLanguageModel.Open(file, Workers.Serial);
        int[][] expected = LlamaCpp.Tokenize(file, texts);
        for (int i = 0; i < texts.Length; i++)
            model.Tokenizer.Encode(texts[i]).ShouldBe(expected[i], texts[i]);
    }

    /// <summary>A small Llama with weights of one number, and a byte-level tokenizer with a few merges.</summary>
    private void WriteModel(string? pattern, bool wholeWords)
    {
        string[] merges = ["h e", "l l", "he ll", "hell o", "Ġ w", "o r", "l d", "Ġw or", "Ġwor ld", "1 2", "12 3", "Ġ Ġ", "' s"];
        string[] tokens = [.. Enumerable.Range(0, 256).Select(b => ByteAlphabet.CharOf((byte)b).ToString()), .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)), "Hello", "<|end|>"];
        int size = tokens.Length, end = size - 1;
        const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": false, "use_regex": """;
        string cut = pattern is null ? ByteLevel + "true}"
            : $$"""{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(pattern)}}}, "behavior": "Isolated", "invert": false}, {{ByteLevel}}false}]}""";
        var vocabulary = tokens[..end].Select((text, id) => (text, id)).ToDictionary(t => t.text, t => t.id);
        File.WriteAllText(In("tokenizer.json"), $$"""
            {"version": "1.0", "added_tokens": [{"id": {{end}}, "content": "<|end|>", "special": true}], "normalizer": null, "pre_tokenizer": {{cut}}, "post_processor": null,
             "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", "ignore_merges": {{(wholeWords ? "true" : "false")}}, "vocab": {{JsonSerializer.Serialize(vocabulary)}}, "merges": {{JsonSerializer.Serialize(merges)}}} }
            """);
        File.WriteAllText(In("tokenizer_config.json"), """{"eos_token": "<|end|>", "bos_token": "<|end|>"}""");
        File.WriteAllText(In("config.json"), $$"""
            {"model_type": "llama", "vocab_size": {{size}}, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 64, "tie_word_embeddings": true}
            """);
        (string Name, long[] Shape)[] shapes =
        [
            ("model.embed_tokens.weight", [size, 32]), ("model.norm.weight", [32]), ("model.layers.0.input_layernorm.weight", [32]), ("model.layers.0.post_attention_layernorm.weight", [32]),
            .. new[] { "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj" }.Select(n => ($"model.layers.0.{n}.weight", (long[])[32, 32])),
        ];
        SafetensorsWriter.Write(In("model.safetensors"), shapes.Select(s =>
        {
            float[] values = new float[s.Shape.Aggregate(1L, (a, b) => a * b)];
            Array.Fill(values, 0.01f);
            return (s.Name, Tensor.From(values, new Shape(s.Shape)));
        }));
    }
}
