using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Gguf;

public sealed class GgufWriterTests
{
    private static readonly KeyValuePair<string, GgufValue>[] s_metadata =
    [
        new("general.architecture", "llama"), new("u8", (byte)255), new("i8", (sbyte)-128), new("u16", ushort.MaxValue), new("i16", short.MinValue),
        new("u32", uint.MaxValue), new("i32", int.MinValue), new("u64", ulong.MaxValue), new("i64", long.MinValue), new("f32", 0.1f), new("f64", 0.1),
        new("yes", true), new("no", false), new("empty", ""), new("zwölf", "a\0\n𝄞"),
        new("texts", GgufArray.Of(["a", "", "ü"])), new("floats", GgufArray.Of([1f, float.NaN])), new("ints", GgufArray.Of([1, -1])), new("flags", GgufArray.Of([true, false])),
        new("none", GgufArray.Of(Array.Empty<long>())), new("nested", GgufArray.Of([GgufArray.Of([1.0]), GgufArray.Of([(byte)1, (byte)2])])),
    ];

    [Fact]
    public void Every_type_and_value_comes_back()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf");
        Shape[] shapes = [new(256), new(3, 512), new(2, 3, 256), new(2, 1, 2, 256), new(0, 256)];
        GgufTensorSpec[] specs = [.. from type in BlockTypes.All from s in Enumerable.Range(0, shapes.Length) select new GgufTensorSpec($"{type}.{s}", type, shapes[s])];
        var random = new Random(3);
        byte[][] data = [.. specs.Select(s => new byte[s.Bytes])];
        using (GgufWriter writer = GgufWriter.Create(path, s_metadata, specs))
        {
            for (int i = 0; i < specs.Length; i++)
            {
                random.NextBytes(data[i]);
                int half = data[i].Length / 2;
                if (data[i].Length == 0)
                    continue;
                writer.WriteBlocks(specs[i].Name, data[i].AsSpan(0, half));
                writer.WriteBlocks(specs[i].Name, data[i].AsSpan(half));
            }
            writer.Commit();
        }

        using GgufFile file = GgufFile.Open(path);
        file.Version.ShouldBe(3u);
        file.Metadata.Select(m => m.Key).ShouldBe([.. s_metadata.Select(m => m.Key), "general.quantization_version"]);
        foreach ((string key, GgufValue value) in s_metadata)
            Same(file.Metadata[key].ToObject(), value.ToObject(), key);
        file.Tensors.Count.ShouldBe(specs.Length);
        for (int i = 0; i < specs.Length; i++)
        {
            GgufTensor tensor = file.Tensor(specs[i].Name);
            (tensor.Type, tensor.Shape, tensor.Bytes, tensor.Offset % 32).ShouldBe((specs[i].Type, specs[i].Shape, specs[i].Bytes, 0));
            var read = new byte[tensor.Bytes];
            file.ReadBlocks(tensor.Name, 0, tensor.Shape[0], read);
            read.ShouldBe(data[i], tensor.Name);
        }
    }

    [Fact]
    public void Floats_are_rounded_as_the_type_says_whatever_the_pieces()
    {
        using var folder = new TemporaryFolder();
        float[] x = [.. Enumerable.Range(0, 200 * 256).Select(i => MathF.Sin(i) * (1 + i % 7))];
        foreach (BlockType type in BlockTypes.All.Where(t => t.CanQuantise))
        {
            string path = folder.File($"{type}.gguf");
            using (GgufWriter writer = GgufWriter.Create(path, [new("general.alignment", 4096u)], [new("x", type, new Shape(200, 256)), new("y", type, new Shape(256))]))
            {
                writer.Write("x", x.AsSpan(0, 256));
                writer.Write("x", x.AsSpan(256));
                writer.Write("y", x.AsSpan(0, 256));
                writer.Commit();
            }
            var expected = new byte[type.Bytes(x.Length)];
            type.Quantise(x, expected);
            using GgufFile file = GgufFile.Open(path);
            file.Alignment.ShouldBe(4096);
            (file.Tensor("y").Offset % 4096).ShouldBe(0);
            var blocks = new byte[expected.Length];
            file.ReadBlocks("x", 0, 200, blocks);
            blocks.AsSpan().SequenceEqual(expected).ShouldBeTrue(type.Name);
            var values = new float[x.Length];
            var direct = new float[x.Length];
            file.ReadRows("x", 0, 200, values);
            type.Dequantise(expected, direct);
            values.AsSpan().SequenceEqual(direct).ShouldBeTrue(type.Name);
        }
    }

    [DataFact("models/tinystories-656k")]
    public void A_file_of_llama_cpp_is_written_again_to_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        foreach (string type in new[] { "f16", "q8_0", "q4_0", "q5_1" })
        {
            string original = TestData.PathOf($"models/tinystories-656k/tinystories-656k-{type}.gguf"), copy = folder.File("a.gguf");
            using (GgufFile file = GgufFile.Open(original))
            using (GgufWriter writer = GgufWriter.Create(copy, file.Metadata, [.. file.Tensors.Select(t => new GgufTensorSpec(t.Name, t.Type, t.Shape))]))
            {
                foreach (GgufTensor tensor in file.Tensors)
                {
                    var blocks = new byte[tensor.Bytes];
                    file.ReadBlocks(tensor.Name, 0, tensor.Shape[0], blocks);
                    writer.WriteBlocks(tensor.Name, blocks);
                }
                writer.Commit();
            }
            File.ReadAllBytes(copy).AsSpan().SequenceEqual(File.ReadAllBytes(original)).ShouldBeTrue(type);
        }
    }

    [Fact]
    public void What_cannot_be_written_is_refused_and_leaves_nothing()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf");
        BlockType f32 = BlockTypes.Find("F32"), q4 = BlockTypes.Find("Q4_K");
        void Refused(string words, IEnumerable<KeyValuePair<string, GgufValue>> metadata, params GgufTensorSpec[] tensors) =>
            Should.Throw<ArgumentException>(() => GgufWriter.Create(path, metadata, tensors).Dispose()).Message.ShouldContain(words);
        Refused("two tensors have the name 'x'", [], new("x", f32, new Shape(1)), new("x", f32, new Shape(1)));
        Refused("needs a multiple of 256: take another type", [], new GgufTensorSpec("x", q4, new Shape(2, 128)));
        Refused("at most 4 dimensions", [], new GgufTensorSpec("x", f32, new Shape(1, 1, 1, 1, 1)));
        Refused("1 to 63 bytes", [], new GgufTensorSpec(new string('x', 64), f32, new Shape(1)));
        Refused("'a' is there twice", [new("a", 1), new("a", 2)]);
        Refused("a power of two", [new("general.alignment", 24u)]);
        Refused("a power of two", [new("general.alignment", 32)]);
        Should.Throw<ArgumentException>(() => GgufWriter.Create(path, [new("\ud800", 1)], []));

        using (GgufWriter writer = GgufWriter.Create(path, [], [new("x", q4, new Shape(2, 256)), new("y", f32, new Shape(2))]))
        {
            Should.Throw<InvalidOperationException>(() => writer.Write("y", [1f, 2f])).Message.ShouldContain("'x' comes first");
            Should.Throw<ArgumentException>(() => writer.Write("x", new float[255])).Message.ShouldContain("whole blocks of 256");
            Should.Throw<InvalidOperationException>(() => writer.Write("x", new float[768])).Message.ShouldContain("0 are written and 432 more");
            writer.Write("x", new float[512]);
            writer.Write("y", [1f]);
            Should.Throw<InvalidOperationException>(writer.Commit).Message.ShouldContain("4 of 8 bytes of 'y'");
        }
        Directory.GetFileSystemEntries(folder.Path).ShouldBeEmpty();
    }

    private static void Same(object actual, object expected, string key)
    {
        if (expected is not GgufArray array)
        {
            actual.ShouldBe(expected, key);
            return;
        }
        var read = actual.ShouldBeOfType<GgufArray>(key);
        (read.ElementType, read.Count).ShouldBe((array.ElementType, array.Count), key);
        for (int i = 0; i < array.Count; i++)
            Same(read[i], array[i], key);
    }
}
