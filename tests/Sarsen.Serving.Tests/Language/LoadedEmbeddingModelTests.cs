using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Serving.Language;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Serving.Tests.Language;

public sealed class LoadedEmbeddingModelTests : IDisposable
{
    private const string Static = "models/model2vec-test";
    private const int Longest = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-embedding-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Hello { get; } = string.Join(' ', Enumerable.Repeat("hello", 1000));

    /// <summary>What model2vec itself gave for these texts.</summary>
    [DataTheory(Static)]
    [InlineData("test-model-float32", "embeddings_short.json", "hello world")]
    [InlineData("test-model-float32", "embeddings_long.json", null)]
    [InlineData("test-model-vocab-quantized", "embeddings_vocab_quantized.json", null)]
    public void Static_embeddings_are_those_of_model2vec(string model, string golden, string? text)
    {
        using LoadedEmbeddingModel loaded = LoadedEmbeddingModel.Open(TestData.PathOf($"{Static}/{model}"), Workers.Serial);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf($"{Static}/{golden}")));
        TextEmbedding embedding = loaded.Embed([text ?? Hello])[0];
        GoldenValues.Check([.. embedding.Vector.Select(x => (double)x)], [.. expected.RootElement[0].EnumerateArray().Select(e => e.GetDouble())], GoldenValues.SingleError, golden);
        (embedding.Cut, embedding.Tokens).ShouldBe((false, text is null ? 1000 : 2));
    }

    [DataFact(Static)]
    public void Like_texts_are_near_each_other()
    {
        using LoadedEmbeddingModel loaded = LoadedEmbeddingModel.Open(TestData.PathOf($"{Static}/test-model-vocab-quantized"), Workers.Serial);
        IReadOnlyList<TextEmbedding> all = loaded.Embed(["The cat sleeps on the sofa.", "A kitten naps on the couch.", "The stock market fell sharply today.", ""]);
        double Cosine(int a, int b) => all[a].Vector.Zip(all[b].Vector, (x, y) => (double)x * y).Sum();
        Cosine(0, 1).ShouldBeGreaterThan(Cosine(0, 2) + 0.1);
        all[3].Vector.ShouldAllBe(x => x == 0);
        // Characters without a token are left out.
        loaded.Encode("hello\u10FB", LongText.Cut, out _).Length.ShouldBe(loaded.Encode("hello", LongText.Cut, out _).Length);
    }

    [DataFact(Static)]
    public async Task Of_many_requests_few_run_some_wait_and_the_rest_are_refused()
    {
        using LoadedEmbeddingModel loaded = LoadedEmbeddingModel.Open(TestData.PathOf($"{Static}/test-model-float32"), Workers.Serial);
        ITextEmbedder embedder = loaded;
        int[] hello = embedder.Encode(Hello);
        int[][] texts = [.. Enumerable.Repeat(hello, 200)];
        float[] alone = (await embedder.EmbedAsync([hello]))[0];
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyList<float[]>>[] all = [.. Enumerable.Range(0, 1000).Select(_ => embedder.EmbedAsync(texts, stop.Token))];
        all.Count(t => t.IsFaulted).ShouldBeInRange(1, 999 - 256);
        (await Should.ThrowAsync<OverloadException>(() => all[^1])).Message.ShouldContain("256");
        stop.Cancel();
        foreach (Task<IReadOnlyList<float[]>> each in all)
            await each.ContinueWith(_ => { }, TaskScheduler.Default);
        // Those that left made room.
        (await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => embedder.EmbedAsync([hello])))).ShouldAllBe(vectors => vectors[0].SequenceEqual(alone));
    }

    [Fact]
    public void Texts_are_read_with_what_stands_around_them_and_cut_within_it()
    {
        WriteBert();
        using LoadedEmbeddingModel loaded = LoadedEmbeddingModel.Open(_folder, Workers.Serial);
        loaded.MaxLength.ShouldBe(Longest);
        loaded.Encode("a b", LongText.Cut, out bool cut).ShouldBe([2, 4, 5, 3]);
        cut.ShouldBeFalse();
        loaded.Encode("a b a b a", LongText.Cut, out cut).ShouldBe([2, 4, 5, 4, 5, 3]);
        cut.ShouldBeTrue();
        loaded.Encode("", LongText.Refuse, out _).ShouldBe([2, 3]);
        Should.Throw<InputException>(() => loaded.Embed(["a b", "a b a b a"], LongText.Refuse)).Message.ShouldContain("has 7 tokens, the model takes 6");

        IReadOnlyList<TextEmbedding> together = loaded.Embed(["a b", "a b a b a", "", "b"]);
        together.Select(e => (e.Tokens, e.Cut)).ShouldBe([(4, false), (6, true), (2, false), (3, false)]);
        foreach ((string text, TextEmbedding expected) in new[] { "a b", "a b a b a", "", "b" }.Zip(together))
            loaded.Embed([text])[0].Vector.ShouldBe(expected.Vector, text);
        together[1].Vector.ShouldBe(loaded.Embed(["a b a b"])[0].Vector);
        Math.Sqrt(together[0].Vector.Sum(x => (double)x * x)).ShouldBe(1, 1e-6);
    }

    [Fact]
    public void A_gguf_gives_the_tokens_and_vectors_of_the_folder()
    {
        WriteBert();
        string path = Path.Combine(_folder, "a.gguf");
        string Name(string name) => new[]
        {
            ("embeddings.word_embeddings", "token_embd"), ("embeddings.position_embeddings", "position_embd"), ("embeddings.token_type_embeddings", "token_types"), ("embeddings.LayerNorm", "token_embd_norm"),
            ("encoder.layer", "blk"), ("attention.self.query", "attn_q"), ("attention.self.key", "attn_k"), ("attention.self.value", "attn_v"), ("attention.output.dense", "attn_output"),
            ("attention.output.LayerNorm", "attn_output_norm"), ("intermediate.dense", "ffn_up"), ("output.dense", "ffn_down"), ("output.LayerNorm", "layer_output_norm"),
        }.Aggregate(name, (text, pair) => text.Replace(pair.Item1, pair.Item2, StringComparison.Ordinal));
        Dictionary<string, GgufValue> metadata = new()
        {
            ["general.architecture"] = "bert",
            ["bert.block_count"] = 1u,
            ["bert.context_length"] = (uint)Longest,
            ["bert.embedding_length"] = 8u,
            ["bert.feed_forward_length"] = 16u,
            ["bert.attention.head_count"] = 2u,
            ["bert.attention.layer_norm_epsilon"] = 1e-12f,
            ["bert.pooling_type"] = 1u,
            ["tokenizer.ggml.model"] = "bert",
            ["tokenizer.ggml.tokens"] = GgufArray.Of(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "▁a", "▁b"]),
            ["tokenizer.ggml.token_type"] = GgufArray.Of([3, 2, 3, 3, 1, 1]),
            ["tokenizer.ggml.cls_token_id"] = 2u,
            ["tokenizer.ggml.seperator_token_id"] = 3u,
            ["tokenizer.ggml.unknown_token_id"] = 1u,
        };
        using (SafetensorsFile stored = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors")))
        using (GgufWriter writer = GgufWriter.Create(path, metadata, [.. stored.Entries.Select(e => new GgufTensorSpec(Name(e.Name), BlockTypes.Find("F32"), e.Shape))]))
        {
            foreach (SafetensorsEntry entry in stored.Entries)
                writer.Write(Name(entry.Name), stored.Read(entry.Name).ToArray<float>());
            writer.Commit();
        }
        using LoadedEmbeddingModel folder = LoadedEmbeddingModel.Open(_folder, Workers.Serial), file = LoadedEmbeddingModel.Open(path, Workers.Serial);
        file.MaxLength.ShouldBe(Longest);
        foreach (string text in new[] { "a b", "A b a b a b", "" })
        {
            file.Encode(text, LongText.Cut, out _).ShouldBe(folder.Encode(text, LongText.Cut, out _));
            float[] expected = folder.Embed([text])[0].Vector, made = file.Embed([text])[0].Vector;
            GoldenValues.Check([.. made.Select(x => (double)x)], [.. expected.Select(x => (double)x)], 1e-6, text);
        }
    }

    [Fact]
    public void Threads_embed_side_by_side_with_the_same_bits()
    {
        WriteBert();
        using LoadedEmbeddingModel loaded = LoadedEmbeddingModel.Open(_folder);
        float[] expected = loaded.Embed(["a b a"])[0].Vector;
        Parallel.For(0, 20, _ => loaded.Embed(["b", "a b a"])[1].Vector.ShouldBe(expected));
    }

    [Fact]
    public void What_cannot_be_loaded_is_refused_with_its_cause()
    {
        Should.Throw<ModelLoadException>(() => LoadedEmbeddingModel.Open(_folder)).Message.ShouldContain("holds no embedding model");
        WriteBert();
        File.Move(Path.Combine(_folder, "tokenizer.json"), Path.Combine(_folder, "t.json"));
        Should.Throw<ModelLoadException>(() => LoadedEmbeddingModel.Open(_folder)).Message.ShouldContain("no tokenizer.json");
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), File.ReadAllText(Path.Combine(_folder, "t.json")).Replace("\"b\": 5", "\"b\": 5, \"c\": 9", StringComparison.Ordinal));
        Should.Throw<ModelLoadException>(() => LoadedEmbeddingModel.Open(_folder)).Message.ShouldContain("the tokenizer has 10 tokens, the model 6");
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{"model_type": "bert"}""");
        Should.Throw<ModelLoadException>(() => LoadedEmbeddingModel.Open(_folder)).Message.ShouldContain("'vocab_size' is missing");
    }

    /// <summary>A small sentence-transformers folder with weights by chance.</summary>
    private void WriteBert()
    {
        void Write(string name, string text)
        {
            string path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        Write("config.json", """{"model_type": "bert", "vocab_size": 6, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 10, "type_vocab_size": 2}""");
        Write("modules.json", """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
            """);
        Write("1_Pooling/config.json", """{"word_embedding_dimension": 8, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true}""");
        Write("sentence_bert_config.json", $$"""{"max_seq_length": {{Longest}}}""");
        Write("tokenizer.json", """
            {"version": "1.0", "added_tokens": [{"id": 2, "content": "[CLS]", "special": true}, {"id": 3, "content": "[SEP]", "special": true}],
             "normalizer": {"type": "BertNormalizer", "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
             "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
               "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]}, "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
             "decoder": {"type": "WordPiece"},
             "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "b": 5}}}
            """);
        var rng = new Rng(5, "weights");
        long drawn = 0;
        var tensors = new List<(string, Tensor)>();
        void Add(string name, params long[] shape)
        {
            float[] values = [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(_ => (float)rng.Normal(drawn++))];
            tensors.Add((name, Tensor.From(values, new Shape(shape))));
        }
        void AddBoth(string name, params long[] shape)
        {
            Add(name + ".weight", shape);
            Add(name + ".bias", shape[0]);
        }
        Add("embeddings.word_embeddings.weight", 6, 8);
        Add("embeddings.position_embeddings.weight", 10, 8);
        Add("embeddings.token_type_embeddings.weight", 2, 8);
        AddBoth("embeddings.LayerNorm", 8);
        foreach (string part in new[] { "self.query", "self.key", "self.value", "output.dense" })
            AddBoth($"encoder.layer.0.attention.{part}", 8, 8);
        AddBoth("encoder.layer.0.attention.output.LayerNorm", 8);
        AddBoth("encoder.layer.0.intermediate.dense", 16, 8);
        AddBoth("encoder.layer.0.output.dense", 8, 16);
        AddBoth("encoder.layer.0.output.LayerNorm", 8);
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), tensors);
    }
}
