using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Models.Decoders;
using Sarsen.Nn;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Models.Tests.Decoders;

/// <summary>
/// The GGUF files that we write, read by llama.cpp: of every family a small model with the goldens' weights gives the same
/// logits behind each token of a prompt, and the same likeliest continuation.
/// </summary>
public sealed class LlamaCppParityTests : IDisposable
{
    private const int More = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-parity-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Of a family how far logits may be apart, as a part of the largest.</summary>
    public static TheoryData<string, double> Families
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (DecoderGolden golden in DecoderGolden.All)
                data.Add(golden.Name, Within(golden.Name));
            return data;
        }
    }

    // llama.cpp looks GELU up in a table of halves, and takes its approximation by tanh where GPT-NeoX means the exact one.
    private static double Within(string family) => family switch
    {
        "gpt_neox" => 2e-3,
        "gpt2" or "gemma" or "gemma2" or "gemma3" => 1e-3,
        _ => 2e-5,
    };

    [LlamaCppTheory]
    [MemberData(nameof(Families))]
    public void Logits_and_continuations_are_those_of_llama_cpp(string family, double within)
    {
        DecoderGolden golden = DecoderGolden.All.Single(g => g.Name == family);
        string path = Write(golden);
        using GgufFile file = GgufFile.Open(path);
        DecoderModel model = DecoderFiles.Load(file);
        long[] ids = [.. Enumerable.Range(0, DecoderGolden.Length).Select(t => (7L + (3 * t * t) + t) % model.VocabSize)];
        LlamaCpp.Answer expected = LlamaCpp.Continue(path, ids, More);

        var own = new List<int>();
        float[] logits = Logits(model, ids);
        for (int i = 0; i < More; i++)
        {
            own.Add(Likeliest(logits.AsSpan(logits.Length - model.VocabSize)));
            logits = Logits(model, [.. ids, .. own.Select(id => (long)id)]);
        }
        own.ShouldBe(expected.Continuation);
        double largest = expected.Logits.Max(row => row.Max(MathF.Abs)), off = 0;
        for (int row = 0; row < expected.Logits.Length; row++)
        {
            for (int id = 0; id < model.VocabSize; id++)
                off = Math.Max(off, Math.Abs(expected.Logits[row][id] - logits[(row * model.VocabSize) + id]));
        }
        expected.Logits.Length.ShouldBe(ids.Length + More);
        (off / largest).ShouldBeLessThan(within, $"{family}: {off:E1} of {largest}");
    }

    private string Write(DecoderGolden golden)
    {
        // A scalar that GGUF does not tell, and a window that llama.cpp does not look at in this family.
        File.WriteAllText(Path.Combine(_folder, "config.json"), golden.Config.Replace("\"query_pre_attn_scalar\": 9", "\"query_pre_attn_scalar\": 8", StringComparison.Ordinal)
            .Replace("\"sliding_window\": 4", "\"sliding_window\": 32", StringComparison.Ordinal));
        using var source = new FormulaSource(golden);
        var conversion = DecoderConversion.ToGguf(HuggingFaceFolder.Read(_folder), source);
        string[] tokens = [.. Enumerable.Range(0, conversion.Config.VocabSize).Select(id => id switch { 0 => "<unk>", 1 => "<s>", 2 => "</s>", _ => $"▁{id}" })];
        var metadata = new Dictionary<string, GgufValue>(conversion.Metadata)
        {
            // The one that takes whatever text: others look for tokens of every byte.
            ["tokenizer.ggml.model"] = "t5",
            ["tokenizer.ggml.pre"] = "default",
            ["tokenizer.ggml.tokens"] = GgufArray.Of(tokens),
            ["tokenizer.ggml.scores"] = GgufArray.Of(new float[tokens.Length]),
            ["tokenizer.ggml.token_type"] = GgufArray.Of([.. tokens.Select((_, id) => id switch { 0 => 2, 1 or 2 => 3, _ => 1 })]),
            ["tokenizer.ggml.bos_token_id"] = 1u,
            ["tokenizer.ggml.eos_token_id"] = 2u,
            ["tokenizer.ggml.unknown_token_id"] = 0u,
        };
        string path = Path.Combine(_folder, golden.Name + ".gguf");
        using GgufWriter writer = GgufWriter.Create(path, metadata, [.. conversion.Tensors.Select(t => new GgufTensorSpec(t.Name, BlockTypes.Find("F32"), t.Shape))]);
        foreach ((string name, Shape shape) in conversion.Tensors)
        {
            float[] values = new float[shape.Count];
            conversion.Source.ReadRows(name, 0, shape[0], values);
            writer.Write(name, values);
        }
        writer.Commit();
        return path;
    }

    private static float[] Logits(LanguageModel model, long[] ids)
    {
        using var arena = new Arena(Workers.Serial);
        using Scope scope = arena.Begin(Mode.Inference);
        return model.Call(scope.From<long>(ids, new Shape(1, ids.Length))).ToArray<float>();
    }

    private static int Likeliest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            if (logits[id] > logits[best])
                best = id;
        }
        return best;
    }
}
