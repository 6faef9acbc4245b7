using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Bench.Language;

/// <summary>
/// GGUF files of random weights: as large as real ones, and as fast. They are made once, in the folder that
/// <c>SARSEN_BENCH_MODELS</c> names.
/// </summary>
internal static class RandomModel
{
    /// <summary>Elements that are drawn; a matrix repeats them, shifted by rows.</summary>
    private const int Drawn = 1 << 20;

    /// <summary>The file of a case's model, made where it is missing.</summary>
    public static string File(LanguageCase c)
    {
        string folder = Environment.GetEnvironmentVariable("SARSEN_BENCH_MODELS") ?? throw new InvalidOperationException("SARSEN_BENCH_MODELS is not set: run bench/llm"), path = Path.Combine(folder, $"{c.ModelName}.gguf");
        if (System.IO.File.Exists(path))
            return path;
        Directory.CreateDirectory(folder);
        GgufTensorSpec[] tensors = [.. Tensors(c)];
        using GgufWriter writer = GgufWriter.Create(path, Metadata(c.Shape), tensors);
        var made = new Dictionary<BlockType, byte[]>();
        foreach (GgufTensorSpec tensor in tensors)
        {
            if (!made.TryGetValue(tensor.Type, out byte[]? blocks))
                made[tensor.Type] = blocks = Draw(tensor.Type);
            if (tensor.Shape.Rank == 1)
            {
                writer.Write(tensor.Name, [.. Enumerable.Repeat(1f, (int)tensor.Shape[0])]);
                continue;
            }
            for (long left = tensor.Bytes; left > 0; left -= Math.Min(left, blocks.Length))
                writer.WriteBlocks(tensor.Name, blocks.AsSpan(0, (int)Math.Min(left, blocks.Length)));
        }
        writer.Commit();
        return path;
    }

    private static byte[] Draw(BlockType type)
    {
        float[] values = new float[Drawn];
        var rng = new Rng(7, "random model");
        for (int i = 0; i < values.Length; i++)
            values[i] = 0.02f * (float)rng.Normal(i);
        byte[] blocks = new byte[type.Bytes(Drawn)];
        type.Quantise(values, blocks);
        return blocks;
    }

    private static IEnumerable<GgufTensorSpec> Tensors(LanguageCase c)
    {
        LanguageShape s = c.Shape;
        long queries = s.Width, keys = (long)s.Width / s.Heads * s.KvHeads;
        yield return Matrix("token_embd", s.Vocabulary, s.Width, more: true);
        yield return Vector("output_norm", s.Width);
        for (int i = 0; i < s.Layers; i++)
        {
            bool more = MoreBits(i, s.Layers);
            yield return Vector($"blk.{i}.attn_norm", s.Width);
            yield return Matrix($"blk.{i}.attn_q", queries, s.Width);
            yield return Matrix($"blk.{i}.attn_k", keys, s.Width);
            yield return Matrix($"blk.{i}.attn_v", keys, s.Width, more);
            yield return Matrix($"blk.{i}.attn_output", s.Width, queries);
            yield return Vector($"blk.{i}.ffn_norm", s.Width);
            yield return Matrix($"blk.{i}.ffn_gate", s.Inner, s.Width);
            yield return Matrix($"blk.{i}.ffn_up", s.Inner, s.Width);
            yield return Matrix($"blk.{i}.ffn_down", s.Width, s.Inner, more);
        }

        GgufTensorSpec Vector(string name, long size) => new(name + ".weight", BlockTypes.Find("F32"), new Shape(size));

        GgufTensorSpec Matrix(string name, long rows, long columns, bool more = false) => new(name + ".weight", TypeOf(c.Type, columns, more), new Shape(rows, columns));
    }

    /// <summary>As llama.cpp mixes types: where more bits are spent, and what rows that are no whole super-blocks get.</summary>
    private static BlockType TypeOf(string type, long columns, bool more) => BlockTypes.Find(
        type != "Q4_K_M" ? type
        : columns % 256 == 0 ? more ? "Q6_K" : "Q4_K"
        : more ? "Q8_0" : "Q5_0");

    private static bool MoreBits(int layer, int layers) => layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;

    private static Dictionary<string, GgufValue> Metadata(LanguageShape s) => new()
    {
        ["general.architecture"] = "llama",
        ["general.name"] = $"random {s.Name}",
        ["llama.context_length"] = (uint)LanguageShape.ContextLength,
        ["llama.embedding_length"] = (uint)s.Width,
        ["llama.block_count"] = (uint)s.Layers,
        ["llama.feed_forward_length"] = (uint)s.Inner,
        ["llama.attention.head_count"] = (uint)s.Heads,
        ["llama.attention.head_count_kv"] = (uint)s.KvHeads,
        ["llama.rope.dimension_count"] = (uint)(s.Width / s.Heads),
        ["llama.rope.freq_base"] = 10000f,
        ["llama.attention.layer_norm_rms_epsilon"] = 1e-5f,
        ["llama.vocab_size"] = (uint)s.Vocabulary,
        ["tokenizer.ggml.model"] = "gpt2",
        ["tokenizer.ggml.pre"] = "gpt-2",
        ["tokenizer.ggml.tokens"] = GgufArray.Of(Tokens(s.Vocabulary)),
        ["tokenizer.ggml.token_type"] = GgufArray.Of(Enumerable.Repeat(1, s.Vocabulary).ToArray()),
        ["tokenizer.ggml.merges"] = GgufArray.Of(new string[] { "a b" }),
        ["tokenizer.ggml.bos_token_id"] = 0u,
        ["tokenizer.ggml.eos_token_id"] = 0u,
    };

    // The 256 bytes as GPT-2 writes them, one merge, and names for the rest.
    private static string[] Tokens(int count)
    {
        int unprintable = 0;
        IEnumerable<string> bytes = Enumerable.Range(0, 256)
            .Select(b => ((char)(b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174) ? b : 256 + unprintable++)).ToString());
        return [.. bytes, "ab", .. Enumerable.Range(257, count - 257).Select(id => $"<{id}>")];
    }
}
