using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Models.Decoders;
using Sarsen.Models.Embeddings;
using Sarsen.Models.Tests.Decoders;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Embeddings;

public sealed class EmbeddingFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-embedding-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. EmbeddingGolden.All.Select(g => g.Name)];

    private static int[][] Texts => [.. EmbeddingGolden.Lengths.Select((length, s) => Enumerable.Range(0, length).Select(t => (7 + (3 * t * t) + t + s) % 23).ToArray())];

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A folder as sentence-transformers writes it.</summary>
    private void WriteFolder(EmbeddingGolden golden, Func<string, string>? rename = null)
    {
        Write("config.json", golden.Config);
        Write("modules.json", $$"""
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
             {{(golden.Normalize ? ", {\"idx\": 2, \"name\": \"2\", \"path\": \"2_Normalize\", \"type\": \"sentence_transformers.models.Normalize\"}" : "")}}]
            """);
        Write("1_Pooling/config.json", $$"""{"word_embedding_dimension": 12, "pooling_mode_cls_token": {{(golden.Pooling == "cls" ? "true" : "false")}}, "pooling_mode_mean_tokens": {{(golden.Pooling == "mean" ? "true" : "false")}}}""");
        Write("sentence_bert_config.json", """{"max_seq_length": 14, "do_lower_case": false}""");
        using var source = new FormulaSource(golden.Name, golden.Tensors);
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), golden.Tensors.Select(t =>
        {
            float[] values = new float[t.Shape.Aggregate(1L, (a, b) => a * b)];
            source.ReadRows(t.Name, 0, t.Shape[0], values);
            return (rename?.Invoke(t.Name) ?? t.Name, Tensor.From(values, new Shape(t.Shape)));
        }));
    }

    private static float[][] Embed(EmbeddingModel model, params int[][] texts)
    {
        using var arena = new Arena(Workers.Serial);
        return model.Embed(texts, arena);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Vectors_are_those_of_the_family(string name)
    {
        EmbeddingGolden golden = EmbeddingGolden.All.Single(g => g.Name == name);
        WriteFolder(golden);
        EmbeddingModel model = EmbeddingFiles.Load(_folder);
        (model.Dimensions, model.VocabSize, model.ContextLength, model.Settings.MaxLength, model.Settings.Normalize).ShouldBe((12, 23, 16, 14, golden.Normalize));
        float[][] vectors = Embed(model, Texts);
        GoldenValues.Check([.. vectors.SelectMany(v => v).Select(x => (double)x)], golden.Vectors, GoldenValues.SingleError, name);
    }

    [Fact]
    public void A_text_has_the_same_bits_alone_and_among_others()
    {
        WriteFolder(EmbeddingGolden.All[0]);
        EmbeddingModel model = EmbeddingFiles.Load(_folder);
        float[][] together = Embed(model, [.. Texts, .. Enumerable.Range(0, 500).Select(i => Texts[i % 3])]);
        for (int i = 0; i < together.Length; i++)
            together[i].ShouldBe(together[i % 3], $"text {i}");
        for (int s = 0; s < 3; s++)
            model.Embed(Texts[s]).ShouldBe(together[s]);
        EmbeddingModel held = EmbeddingFiles.Load(_folder, WeightUse.Products, Workers.Serial);
        Embed(held, Texts).ShouldBe(together[..3]);
        held.Parameters().Where(p => p.Shape.Rank == 2).ShouldAllBe(p => p.Held != null);
        Embed(model, [], Texts[1])[0].ShouldBe(new float[12]);
    }

    [Theory]
    [InlineData("F16", 0)]
    [InlineData("Q8_0", 0.02)]
    [InlineData("Q4_0", 0.02)]
    public void Weights_are_multiplied_as_they_are_stored(string type, double most)
    {
        string path = Path.Combine(_folder, "stored.gguf");
        WriteRandom(path, BlockTypes.Find(type), hidden: 64, inner: 96);
        using GgufFile file = GgufFile.Open(path);
        EmbeddingModel elements = EmbeddingFiles.Load(file), held = EmbeddingFiles.Load(file, WeightUse.Products, Workers.Serial);
        float[][] expected = Embed(elements, Texts), found = Embed(held, Texts);
        expected.Zip(found).SelectMany(text => text.First.Zip(text.Second)).Max(pair => Math.Abs(pair.First - pair.Second)).ShouldBeLessThanOrEqualTo((float)most);
        // A text's bits do not depend on the others here either.
        Embed(held, Texts[1])[0].ShouldBe(found[1]);
        held.Parameters().Sum(p => p.Held?.Bytes ?? 0).ShouldBeLessThan(elements.Parameters().Sum(p => p.Shape.Count * sizeof(float)));
    }

    private static void WriteRandom(string path, BlockType type, int hidden, int inner)
    {
        BlockType single = BlockTypes.Find("F32");
        GgufTensorSpec Matrix(string name, long rows, long width) => new(name + ".weight", type, new Shape(rows, width));
        GgufTensorSpec[] Norm(string name) => [new(name + ".weight", single, new Shape(hidden)), Bias(name, hidden)];
        GgufTensorSpec Bias(string name, long width) => new(name + ".bias", single, new Shape(width));
        GgufTensorSpec[] tensors =
        [
            Matrix("token_embd", 23, hidden), Matrix("position_embd", 16, hidden), Matrix("token_types", 2, hidden), .. Norm("token_embd_norm"),
            .. new[] { "attn_q", "attn_k", "attn_v", "attn_output" }.SelectMany(name => new[] { Matrix($"blk.0.{name}", hidden, hidden), Bias($"blk.0.{name}", hidden) }),
            .. Norm("blk.0.attn_output_norm"), Matrix("blk.0.ffn_up", inner, hidden), Bias("blk.0.ffn_up", inner),
            Matrix("blk.0.ffn_down", hidden, inner), Bias("blk.0.ffn_down", hidden), .. Norm("blk.0.layer_output_norm"),
        ];
        Dictionary<string, GgufValue> metadata = new()
        {
            ["general.architecture"] = "bert",
            ["bert.block_count"] = 1u,
            ["bert.context_length"] = 16u,
            ["bert.embedding_length"] = (uint)hidden,
            ["bert.feed_forward_length"] = (uint)inner,
            ["bert.attention.head_count"] = 4u,
            ["bert.attention.layer_norm_epsilon"] = 1e-12f,
            ["bert.pooling_type"] = 1u,
        };
        using GgufWriter writer = GgufWriter.Create(path, metadata, tensors);
        foreach ((GgufTensorSpec tensor, int t) in tensors.Select((tensor, t) => (tensor, t)))
        {
            var rng = new Rng(3, "weights", t);
            writer.Write(tensor.Name, [.. Enumerable.Range(0, (int)tensor.Shape.Count).Select(i => (float)(0.1 * rng.Normal(i)) + (tensor.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0))]);
        }
        writer.Commit();
    }

    /// <summary>The names that llama.cpp gives them.</summary>
    private static string GgufName(string name)
    {
        foreach ((string from, string to) in new[]
        {
            ("bert.", ""), ("embeddings.word_embeddings", "token_embd"), ("embeddings.position_embeddings", "position_embd"), ("embeddings.token_type_embeddings", "token_types"),
            ("embeddings.LayerNorm", "token_embd_norm"), ("encoder.layer", "blk"), ("attention.self.query", "attn_q"), ("attention.self.key", "attn_k"), ("attention.self.value", "attn_v"),
            ("attention.output.dense", "attn_output"), ("attention.output.LayerNorm", "attn_output_norm"), ("intermediate.dense", "ffn_up"), ("output.dense", "ffn_down"), ("output.LayerNorm", "layer_output_norm"),
        })
            name = name.Replace(from, to, StringComparison.Ordinal);
        return name;
    }

    [Theory]
    [InlineData(1u, null)]
    [InlineData(2u, null)]
    [InlineData(3u, "pooling_type' is 3")]
    public void A_gguf_gives_the_vectors_of_the_folder_normalised(uint pooling, string? refusal)
    {
        EmbeddingGolden golden = EmbeddingGolden.All[0] with { Pooling = pooling == 1 ? "mean" : "cls", Normalize = true };
        WriteFolder(golden);
        string path = Path.Combine(_folder, "a.gguf");
        Dictionary<string, GgufValue> metadata = new()
        {
            ["general.architecture"] = "bert",
            ["bert.block_count"] = 2u,
            ["bert.context_length"] = 16u,
            ["bert.embedding_length"] = 12u,
            ["bert.feed_forward_length"] = 20u,
            ["bert.attention.head_count"] = 3u,
            ["bert.attention.layer_norm_epsilon"] = 1e-12f,
            ["bert.pooling_type"] = pooling,
        };
        using (SafetensorsFile stored = SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors")))
        using (GgufWriter writer = GgufWriter.Create(path, metadata, [.. stored.Entries.Select(e => new GgufTensorSpec(GgufName(e.Name), BlockTypes.Find("F32"), e.Shape))]))
        {
            foreach (SafetensorsEntry entry in stored.Entries)
                writer.Write(GgufName(entry.Name), stored.Read(entry.Name).ToArray<float>());
            writer.Commit();
        }
        using GgufFile file = GgufFile.Open(path);
        if (refusal is not null)
        {
            Should.Throw<ModelFormatException>(() => EmbeddingFiles.Load(file)).Message.ShouldContain(refusal);
            return;
        }
        float[][] expected = Embed(EmbeddingFiles.Load(_folder), Texts), made = Embed(EmbeddingFiles.Load(file), Texts);
        for (int i = 0; i < expected.Length; i++)
            GoldenValues.Check([.. made[i].Select(x => (double)x)], [.. expected[i].Select(x => (double)x)], 1e-6, $"text {i}");
    }

    [Fact]
    public void Norms_may_have_their_older_names()
    {
        EmbeddingGolden golden = EmbeddingGolden.All[0];
        WriteFolder(golden);
        float[][] expected = Embed(EmbeddingFiles.Load(_folder), Texts);
        WriteFolder(golden, name => name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal));
        Embed(EmbeddingFiles.Load(_folder), Texts).ShouldBe(expected);
    }

    [Theory]
    [InlineData("config.json", "\"bert\"", "\"distilbert\"", "'distilbert', which is not supported")]
    [InlineData("config.json", "\"hidden_act\": \"gelu\"", "\"hidden_act\": \"tanh\"", "'tanh', which is not supported")]
    [InlineData("config.json", "\"num_attention_heads\": 3", "\"num_attention_heads\": 5", "cannot be cut into 5 heads")]
    [InlineData("config.json", "\"vocab_size\": 23", "\"vocab_size\": 2147483647", "asks for")]
    [InlineData("config.json", "\"intermediate_size\": 20", "\"intermediate_size\": 24", "configuration is of another model")]
    [InlineData("1_Pooling/config.json", "cls_token\": false", "cls_token\": true", "cls_token and pooling_mode_mean_tokens")]
    [InlineData("1_Pooling/config.json", "mean_tokens", "max_tokens", "'pooling_mode_max_tokens', which is not supported")]
    [InlineData("modules.json", "models.Pooling", "models.Dense", "'Dense', which is not supported")]
    [InlineData("modules.json", "\"1_Pooling\"", "\"../elsewhere\"", "leads out of the model's folder")]
    [InlineData("modules.json", "[{", "{", "modules.json")]
    public void What_is_not_supported_is_refused_by_name(string file, string from, string to, string message)
    {
        WriteFolder(EmbeddingGolden.All[0]);
        string text = File.ReadAllText(Path.Combine(_folder, file));
        text.ShouldContain(from);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Write(file, text[..at] + to + text[(at + from.Length)..]);
        Should.Throw<ModelFormatException>(() => EmbeddingFiles.Load(_folder)).Message.ShouldContain(message);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused()
    {
        WriteFolder(EmbeddingGolden.All[0]);
        EmbeddingModel model = EmbeddingFiles.Load(_folder);
        Should.Throw<ArgumentException>(() => Embed(model, new int[17])).Message.ShouldContain("cut the text");
        Should.Throw<ArgumentOutOfRangeException>(() => Embed(model, new[] { 23 }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Static_embeddings_are_the_mean_of_weighted_rows(bool shared)
    {
        Write("config.json", """{"model_type": "model2vec", "normalize": false}""");
        float[] table = [1, 2, 3, 4, 5, 6];
        var tensors = new List<(string, Tensor)> { ("embeddings", Tensor.From(table, new Shape(3, 2))) };
        if (shared)
            tensors.AddRange([("mapping", Tensor.From(new[] { 2, 0, 0, 1 }, new Shape(4))), ("weights", Tensor.From(new[] { 1.0, 2.0, 0.5, 1.0 }, new Shape(4)))]);
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), tensors);
        EmbeddingModel model = EmbeddingFiles.Load(_folder);
        (model.VocabSize, model.Dimensions, model.ReadsSpecialTokens).ShouldBe((shared ? 4 : 3, 2, false));
        // Row 2 once and row 0 twice; or of tokens 0 and 2 the rows 2 and half of 0.
        Embed(model, new[] { 0, 2 })[0].ShouldBe(shared ? [(5 + 0.5f) / 2, (6 + 1f) / 2] : [3f, 4f]);
    }

    [Fact]
    public void A_mapping_out_of_the_table_is_refused()
    {
        Write("config.json", """{"model_type": "model2vec"}""");
        SafetensorsWriter.Write(Path.Combine(_folder, "model.safetensors"), [("embeddings", Tensor.From(new float[4], new Shape(2, 2))), ("mapping", Tensor.From(new[] { 0, -1 }, new Shape(2)))]);
        Should.Throw<ModelFormatException>(() => EmbeddingFiles.Load(_folder)).Message.ShouldContain("row -1 for token 1, of a table of 2");
    }
}
