using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Gguf;

/// <summary>A real model in seven types, made by llama.cpp, beside the safetensors file it was made of.</summary>
public sealed class TinyStoriesTests
{
    private const string Folder = "models/tinystories-656k";

    [DataFact(Folder)]
    public void The_f32_file_equals_the_safetensors_file()
    {
        using SafetensorsFile expected = SafetensorsFile.Open(PathOf("model.safetensors"));
        using GgufFile file = Open("f32");
        int heads = (int)file.Metadata.Integer("llama.attention.head_count"), keyHeads = (int)file.Metadata.Integer("llama.attention.head_count_kv");
        int compared = 0;
        foreach (SafetensorsEntry entry in expected.Entries)
        {
            string name = GgufName(entry.Name);
            if (!file.Contains(name))
                continue;
            file.ShapeOf(name).ShouldBe(entry.Shape, name);
            float[] weights = All(expected, entry.Name);
            if (name.EndsWith("attn_q.weight", StringComparison.Ordinal))
                weights = Interleaved(weights, entry.Shape, heads);
            if (name.EndsWith("attn_k.weight", StringComparison.Ordinal))
                weights = Interleaved(weights, entry.Shape, keyHeads);
            All(file, name).SequenceEqual(weights).ShouldBeTrue(name);
            compared++;
        }
        compared.ShouldBe(file.Tensors.Count);
    }

    // The most that a rounded element may be off, as a part of the largest of its block: a level where only the extreme is met,
    // half a level of the whole range elsewhere, and what rounding the scale to F16 adds.
    private static readonly Dictionary<string, double> s_rounding = new()
    {
        ["F16"] = 1.0 / 2048,
        ["Q8_0"] = 0.6 / 127,
        ["Q5_0"] = 1.05 / 16,
        ["Q5_1"] = 1.05 / 31,
        ["Q4_0"] = 1.05 / 8,
        ["Q4_1"] = 1.05 / 15,
    };

    [DataTheory(Folder)]
    [InlineData("f16")]
    [InlineData("q8_0")]
    [InlineData("q5_0")]
    [InlineData("q5_1")]
    [InlineData("q4_0")]
    [InlineData("q4_1")]
    public void Rounded_files_equal_the_f32_file_within_the_rounding_of_their_type(string type)
    {
        using GgufFile exact = Open("f32"), file = Open(type);
        int rounded = 0;
        foreach (GgufTensor tensor in file.Tensors)
        {
            float[] expected = All(exact, tensor.Name), actual = All(file, tensor.Name);
            // A model keeps some tensors in a better type.
            if (tensor.Type.DType == DType.F32)
            {
                actual.SequenceEqual(expected).ShouldBeTrue(tensor.Name);
                continue;
            }
            rounded++;
            double part = s_rounding[tensor.Type.Name];
            for (int begin = 0; begin < expected.Length; begin += tensor.Type.BlockLength)
            {
                ReadOnlySpan<float> block = expected.AsSpan(begin, tensor.Type.BlockLength);
                double largest = 0;
                foreach (float x in block)
                    largest = Math.Max(largest, Math.Abs(x));
                for (int i = 0; i < block.Length; i++)
                    Math.Abs((double)actual[begin + i] - block[i]).ShouldBeLessThanOrEqualTo(part * largest, $"{tensor.Name}, element {begin + i}");
            }
        }
        rounded.ShouldBeGreaterThan(10);
    }

    [DataFact(Folder)]
    public void What_llama_cpp_rounded_is_rounded_to_the_same_bytes()
    {
        using GgufFile exact = Open("f32");
        foreach (string type in new[] { "f16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1" })
        {
            using GgufFile file = Open(type);
            foreach (GgufTensor tensor in file.Tensors.Where(t => t.Type.DType != DType.F32))
            {
                var expected = new byte[tensor.Bytes];
                var blocks = new byte[tensor.Bytes];
                file.ReadBlocks(tensor.Name, 0, tensor.Shape[0], expected);
                tensor.Type.Quantise(All(exact, tensor.Name), blocks);
                blocks.AsSpan().SequenceEqual(expected).ShouldBeTrue($"{type}: {tensor.Name}");
            }
        }
    }

    private static string PathOf(string name) => TestData.PathOf($"{Folder}/{name}");

    private static GgufFile Open(string type) => GgufFile.Open(PathOf($"tinystories-656k-{type}.gguf"));

    private static float[] All(ITensorSource source, string name)
    {
        Shape shape = source.ShapeOf(name);
        var values = new float[shape.Count];
        source.ReadRows(name, 0, shape[0], values);
        return values;
    }

    // The embedding and the head are tied: the safetensors file has the one, the GGUF file the other.
    private static string GgufName(string name) => name
        .Replace("model.embed_tokens.", "token_embd.", StringComparison.Ordinal)
        .Replace("model.layers.", "blk.", StringComparison.Ordinal)
        .Replace("model.norm.", "output_norm.", StringComparison.Ordinal)
        .Replace("lm_head.", "token_embd.", StringComparison.Ordinal)
        .Replace("input_layernorm", "attn_norm", StringComparison.Ordinal)
        .Replace("post_attention_layernorm", "ffn_norm", StringComparison.Ordinal)
        .Replace("self_attn.q_proj", "attn_q", StringComparison.Ordinal)
        .Replace("self_attn.k_proj", "attn_k", StringComparison.Ordinal)
        .Replace("self_attn.v_proj", "attn_v", StringComparison.Ordinal)
        .Replace("self_attn.o_proj", "attn_output", StringComparison.Ordinal)
        .Replace("mlp.gate_proj", "ffn_gate", StringComparison.Ordinal)
        .Replace("mlp.up_proj", "ffn_up", StringComparison.Ordinal)
        .Replace("mlp.down_proj", "ffn_down", StringComparison.Ordinal);

    // Rotary pairs lie half a head apart in Hugging Face's layout and side by side in llama.cpp's: row 2 i + s is row s D / 2 + i.
    private static float[] Interleaved(float[] weights, Shape shape, int heads)
    {
        int width = (int)shape[1], size = (int)shape[0] / heads;
        var rows = new float[weights.Length];
        for (int r = 0; r < shape[0]; r++)
        {
            int head = r / size, i = r % size / 2, side = r % 2;
            weights.AsSpan((head * size + side * size / 2 + i) * width, width).CopyTo(rows.AsSpan(r * width));
        }
        return rows;
    }
}
