using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Formats.Blocks;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Blocks;

/// <summary>1024 weights of a real model, quantised and dequantised by ggml.</summary>
public sealed class BlockVectorTests
{
    private const string Vectors = "conformance/gguf-quant-vectors/ggml_quant_vectors.json";

    [DataTheory(Vectors)]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q8_0")]
    [InlineData("Q2_K")]
    [InlineData("Q3_K")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    [InlineData("IQ4_NL")]
    [InlineData("IQ4_XS")]
    public void Dequantised_bits_are_those_of_ggml(string name)
    {
        (BlockType type, byte[] blocks, float[] expected, _) = Vector(name);
        var values = new float[expected.Length];
        type.Dequantise(blocks, values);
        Bits(values).ShouldBe(Bits(expected));
    }

    [DataTheory(Vectors)]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q8_0")]
    [InlineData("Q4_K")]
    [InlineData("Q5_K")]
    [InlineData("Q6_K")]
    public void Quantised_bytes_are_those_of_ggml(string name)
    {
        (BlockType type, byte[] expected, _, float[] source) = Vector(name);
        var blocks = new byte[expected.Length];
        type.Quantise(source, blocks);
        blocks.ShouldBe(expected);
    }

    [DataFact(Vectors)]
    public void Layouts_are_those_of_ggml()
    {
        using JsonDocument vectors = Open();
        int seen = 0;
        foreach (JsonElement line in vectors.RootElement.GetProperty("types").EnumerateArray())
        {
            BlockTypes.TryFind(line.GetProperty("ggml_type").GetUInt32(), out BlockType? type).ShouldBeTrue();
            type!.Name.ShouldBe(line.GetProperty("type").GetString()!.ToUpperInvariant());
            type.BlockLength.ShouldBe(line.GetProperty("block_size").GetInt32(), type.Name);
            type.BlockBytes.ShouldBe(line.GetProperty("type_size").GetInt32(), type.Name);
            seen++;
        }
        seen.ShouldBe(24);
    }

    private static JsonDocument Open() => JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf(Vectors)));

    private static (BlockType Type, byte[] Blocks, float[] Dequantised, float[] Source) Vector(string name)
    {
        using JsonDocument vectors = Open();
        BlockType type = BlockTypes.Find(name);
        JsonElement line = vectors.RootElement.GetProperty("types").EnumerateArray().Single(v => v.GetProperty("ggml_type").GetUInt32() == type.Id);
        return (type, line.GetProperty("bytes_base64").GetBytesFromBase64(), Floats(line.GetProperty("dequant_f32_base64")), Floats(vectors.RootElement.GetProperty("src_f32_base64")));
    }

    private static float[] Floats(JsonElement base64) => MemoryMarshal.Cast<byte, float>(base64.GetBytesFromBase64()).ToArray();

    private static int[] Bits(float[] values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
