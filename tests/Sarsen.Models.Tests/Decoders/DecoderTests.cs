using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Decoders;

public sealed class DecoderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-decoder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Families => [.. DecoderGolden.All.Select(g => g.Name)];

    private DecoderModel Load(DecoderGolden golden, string? config = null)
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), config ?? golden.Config);
        using var source = new FormulaSource(golden);
        return DecoderFiles.Load(HuggingFaceFolder.Read(_folder), source);
    }

    private static DecoderModel Open(string path, WeightUse use)
    {
        using GgufFile file = GgufFile.Open(path);
        return DecoderFiles.Load(file, use);
    }

    private static long[] Ids(int vocabulary) => [.. Enumerable.Range(0, DecoderGolden.Length).Select(t => (7L + (3 * t * t) + t) % vocabulary)];

    private static float[] Logits(LanguageModel model, long[] ids)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>(ids, new Shape(1, ids.Length))).ToArray<float>();
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = values[0];
        foreach (float value in values)
            largest = Math.Max(largest, value);
        return largest;
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_are_those_of_the_family(string name)
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == name);
        CheckLogits(golden, Load(golden));
    }

    [Fact]
    public void Rotary_settings_may_stand_in_one_object()
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == "llama3");
        string config = golden.Config.Replace("\"rope_theta\": 500.0, ", "", StringComparison.Ordinal)
            .Replace("\"rope_scaling\": {", "\"rope_parameters\": {\"rope_theta\": 500.0, ", StringComparison.Ordinal);
        config.ShouldNotContain("rope_scaling");
        CheckLogits(golden, Load(golden, config));
    }

    private static void CheckLogits(DecoderGolden golden, DecoderModel model)
    {
        float[] logits = Logits(model, Ids(model.VocabSize));
        double largest = golden.Logits.Max(Math.Abs);
        logits.Length.ShouldBe(golden.Logits.Length);
        for (int i = 0; i < logits.Length; i++)
            ((double)logits[i]).ShouldBe(golden.Logits[i], 1e-5 * largest, $"{golden.Name}, logit {i}");
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_prompt_in_pieces_and_tokens_one_by_one_have_the_bits_of_the_whole(string name)
    {
        DecoderModel model = Load(DecoderGolden.All.Single(g => g.Name == name));
        long[] ids = Ids(model.VocabSize);
        float[] whole = Logits(model, ids);
        var pool = new KvPool(model.KvShape, KvType.F32, 4);
        using var sequence = new KvSequence(pool);
        using var arena = new Arena(Workers.Serial);
        var batch = new TokenBatch(pool);
        int at = 0;
        foreach (int piece in (ReadOnlySpan<int>)[4, 3, 1, 1, 1, 1])
        {
            sequence.Reserve(piece);
            batch.Clear();
            batch.Add(ids.AsSpan(at, piece), sequence.View, allLogits: true);
            using (arena.Begin(Mode.Inference))
                model.Call(batch).ToArray<float>().ShouldBe(whole.AsSpan(at * model.VocabSize, piece * model.VocabSize).ToArray(), $"{name} from {at}");
            sequence.Advance(piece);
            at += piece;
        }
        at.ShouldBe(ids.Length);
    }

    [Theory]
    [InlineData("\"hidden_size\": 12", "\"hidden_size\": \"twelve\"", "'hidden_size' must be a whole number")]
    [InlineData("\"hidden_size\": 12, ", "", "'hidden_size' is missing")]
    [InlineData("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "'mamba' is not supported")]
    [InlineData("\"hidden_act\": \"silu\"", "\"hidden_act\": \"maxout\"", "'maxout', which is not supported")]
    [InlineData("\"num_key_value_heads\": 1", "\"num_key_value_heads\": 2", "cannot share")]
    [InlineData("\"intermediate_size\": 20", "\"intermediate_size\": 24", "configuration is of another model")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2147483647", "asks for")]
    [InlineData("\"vocab_size\": 19", "\"vocab_size\": 2147483647", "asks for")]
    [InlineData("\"num_attention_heads\": 3", "\"num_attention_heads\": 2147483647", "HeadDim must be one or more")]
    [InlineData("\"tie_word_embeddings\": false", "\"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1e6}", "'yarn', which is not supported")]
    [InlineData("{", "", "config.json")]
    public void A_configuration_that_cannot_be_is_refused_by_name(string from, string to, string message)
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == "llama");
        int at = golden.Config.IndexOf(from, StringComparison.Ordinal);
        string config = golden.Config[..at] + to + golden.Config[(at + from.Length)..];
        Should.Throw<ModelFormatException>(() => Load(golden, config)).Message.ShouldContain(message);
    }

    /// <summary>
    /// Teacher-forced along llama.cpp's own greedy continuation: in f32 its token is the likeliest everywhere; in the other
    /// types its logit is within 0.1 of the largest, whether weights are multiplied as they are stored or as floats.
    /// </summary>
    [DataTheory("models/tinystories-656k")]
    [MemberData(nameof(StoredTypes))]
    public void A_gguf_of_a_real_model_gives_the_golden_tokens(string type, WeightUse use)
    {
        double within = type == "f32" ? 0 : 0.1;
        string folder = TestData.PathOf("models/tinystories-656k"), name = $"tinystories-656k-{type}.gguf";
        DecoderModel model = Open(Path.Combine(folder, name), use);
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden_llama.cpp_greedy.json")));
        foreach (JsonElement run in golden.RootElement.GetProperty("files").GetProperty(name).EnumerateArray())
        {
            long[] prompt = [.. run.GetProperty("prompt_ids").EnumerateArray().Select(e => e.GetInt64())];
            long[] output = [.. run.GetProperty("output_ids").EnumerateArray().Select(e => e.GetInt64())];
            float[] logits = Logits(model, [.. prompt, .. output[..^1]]);
            for (int i = 0; i < output.Length; i++)
            {
                ReadOnlySpan<float> row = logits.AsSpan((prompt.Length - 1 + i) * model.VocabSize, model.VocabSize);
                (row[(int)output[i]] >= Largest(row) - within).ShouldBeTrue($"{name}, token {i}");
            }
        }
    }

    public static TheoryData<string, WeightUse> StoredTypes()
    {
        var data = new TheoryData<string, WeightUse>();
        foreach (string type in (ReadOnlySpan<string>)["f32", "f16", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0"])
        {
            data.Add(type, WeightUse.Elements);
            data.Add(type, WeightUse.Products);
        }
        return data;
    }

    [DataTheory("models/tinystories-656k")]
    [InlineData("f32")]
    [InlineData("f16")]
    public void Floats_held_for_products_give_the_bits_of_floats(string type)
    {
        string path = TestData.PathOf($"models/tinystories-656k/tinystories-656k-{type}.gguf");
        DecoderModel elements = Open(path, WeightUse.Elements), products = Open(path, WeightUse.Products);
        long[] ids = Ids(elements.VocabSize);
        Logits(products, ids).ShouldBe(Logits(elements, ids));
        foreach (ModuleState state in products.State().Where(s => s.Shape.Rank == 2))
        {
            state.Parameter!.Held.ShouldNotBeNull(state.Name);
            Should.Throw<InvalidOperationException>(() => state.Value).Message.ShouldContain("held to be multiplied");
        }
    }

    [DataTheory("models/tinystories-656k")]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    [InlineData("q5_1")]
    [InlineData("f16")]
    public void Pieces_and_batches_have_the_bits_of_the_whole_with_weights_as_stored(string type)
    {
        DecoderModel model = Open(TestData.PathOf($"models/tinystories-656k/tinystories-656k-{type}.gguf"), WeightUse.Products);
        long[] ids = [.. Enumerable.Range(0, 40).Select(t => (7L + (3 * t * t)) % model.VocabSize)];
        float[] whole = Logits(model, ids);
        var pool = new KvPool(model.KvShape, KvType.F32, 12);
        foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
        {
            using KvSequence sequence = new(pool), other = new(pool);
            using var arena = new Arena(workers);
            var batch = new TokenBatch(pool);
            int at = 0;
            foreach (int piece in (ReadOnlySpan<int>)[20, 1, 1, 7, 2, 3, 6])
            {
                sequence.Reserve(piece);
                other.Reserve(2);
                batch.Clear();
                batch.Add(ids.AsSpan(0, 2), other.View);
                batch.Add(ids.AsSpan(at, piece), sequence.View, allLogits: true);
                using (arena.Begin(Mode.Inference))
                    model.Call(batch).ToArray<float>()[model.VocabSize..].ShouldBe(whole.AsSpan(at * model.VocabSize, piece * model.VocabSize).ToArray(), $"{type} from {at}");
                sequence.Advance(piece);
                other.Advance(2);
                at += piece;
            }
            at.ShouldBe(ids.Length);
        }
    }

    /// <summary>Logits that transformers' own GPT-2 gave in f32.</summary>
    [DataFact("conformance/loractl-goldens")]
    public void A_small_gpt2_gives_the_golden_logits()
    {
        string folder = TestData.PathOf("conformance/loractl-goldens");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "gpt2_tiny_golden.json")));
        string config = golden.RootElement.GetProperty("config").GetRawText();
        File.WriteAllText(Path.Combine(_folder, "config.json"), config.Insert(1, "\"model_type\": \"gpt2\", "));
        using ITensorSource weights = TensorSources.Open(Path.Combine(folder, "tiny-gpt2.safetensors"));
        float[] logits = Logits(DecoderFiles.Load(HuggingFaceFolder.Read(_folder), weights), [.. golden.RootElement.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt64())]);
        double[] expected = [.. golden.RootElement.GetProperty("logits").EnumerateArray().Select(e => e.GetDouble())];
        GoldenValues.Check([.. logits.Select(x => (double)x)], expected, 1e-6, "logits");
    }

    [DataFact("models/tinystories-656k/config.json", "models/tinystories-656k/model.safetensors", "models/tinystories-656k/golden_logits_torch.json")]
    public void A_real_model_gives_the_golden_logits_and_continuations()
    {
        string folder = TestData.PathOf("models/tinystories-656k");
        DecoderModel model = DecoderFiles.Load(HuggingFaceFolder.Read(folder));
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden_logits_torch.json")));
        long[] ids = [.. golden.RootElement.GetProperty("input_ids").EnumerateArray().Select(e => e.GetInt64())];
        float[] last = Logits(model, ids)[^model.VocabSize..];
        double[] expected = [.. golden.RootElement.GetProperty("last_logits").EnumerateArray().Select(e => e.GetDouble())];
        for (int i = 0; i < last.Length; i++)
            ((double)last[i]).ShouldBe(expected[i], 1e-4, $"logit {i}");

        using JsonDocument greedy = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden_llama.cpp_greedy.json")));
        foreach (JsonElement run in greedy.RootElement.GetProperty("files").GetProperty("tinystories-656k-f32.gguf").EnumerateArray())
        {
            long[] prompt = [.. run.GetProperty("prompt_ids").EnumerateArray().Select(e => e.GetInt64())];
            long[] output = [.. run.GetProperty("output_ids").EnumerateArray().Select(e => e.GetInt64())];
            var pool = new KvPool(model.KvShape, KvType.F32, KvPool.BlocksFor(prompt.Length + output.Length));
            using var sequence = new KvSequence(pool);
            using var arena = new Arena(Workers.Serial);
            long[] continued = new long[output.Length];
            new GreedyDecoder(model, arena, sequence).Continue(prompt, continued);
            continued.ShouldBe(output, run.GetProperty("prompt").GetString());
        }
    }
}
