using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Gguf;

public sealed class GgufFileTests
{
    private static ModelFormatException Refused(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf", bytes);
        var refusal = Should.Throw<ModelFormatException>(() => GgufFile.Open(path).Dispose());
        refusal.File.ShouldBe(path);
        refusal.Offset.ShouldBeInRange(0, bytes.Length);
        return refusal;
    }

    [Fact]
    public void Another_file_or_version_is_refused()
    {
        Refused([]).Message.ShouldContain("begins with the letters GGUF");
        Refused("GGU"u8.ToArray()).Message.ShouldContain("begins with the letters GGUF");
        Refused("GGML\u0003\0\0\0\0\0\0\0"u8.ToArray()).Message.ShouldContain("begins with the letters GGUF");
        Refused(new GgufBytes(version: 1).ToArray()).Message.ShouldContain("version 1");
        Refused(new GgufBytes(version: 4).ToArray()).Message.ShouldContain("version 4");
        Refused(new GgufBytes(version: 0x03000000).ToArray()).Message.ShouldContain("big-endian");
    }

    [Fact]
    public void Counts_and_lengths_beyond_the_file_are_refused()
    {
        Refused("GGUF\u0003\0\0\0\0\0"u8.ToArray()).Message.ShouldContain("the number of tensors");
        foreach (ulong many in new[] { 1UL, 1UL << 40, ulong.MaxValue, (ulong)long.MaxValue, 1UL << 63 })
        {
            Refused(new GgufBytes(tensors: many).ToArray()).Message.ShouldContain($"tensors: {many} are announced");
            Refused(new GgufBytes(values: many).ToArray()).Message.ShouldContain($"metadata values: {many} are announced");
            byte[] room = new byte[64];
            if (many == 1)
                continue;
            Refused(new GgufBytes(values: 1).Put(many).Put(room).ToArray()).Message.ShouldContain("bytes of a metadata key");
            Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Text).Put(many).Put(room).ToArray()).Message.ShouldContain("bytes of the text 'a'");
            Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Array).Put((uint)GgufValueType.U64).Put(many).Put(room).ToArray()).Message.ShouldContain("elements of 'a'");
            Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Array).Put((uint)GgufValueType.Text).Put(many).Put(room).ToArray()).Message.ShouldContain("elements of 'a'");
            Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Array).Put((uint)GgufValueType.Bool).Put(many).Put(room).ToArray()).Message.ShouldContain("elements of 'a'");
        }
    }

    [Fact]
    public void Metadata_that_breaks_a_rule_is_refused()
    {
        Refused(new GgufBytes(values: 1).Key("a", (GgufValueType)13).Put(0UL).ToArray()).Message.ShouldContain("unknown type 13");
        Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Bool).Put([2]).ToArray()).Message.ShouldContain("truth value 2");
        Refused(new GgufBytes(values: 1).Key("a", GgufValueType.Text).Put(2UL).Put([0xC3, 0x28]).ToArray()).Message.ShouldContain("not UTF-8");
        Refused(new GgufBytes(values: 2).Key("a", GgufValueType.U8).Put([1]).Key("a", GgufValueType.U8).Put([1]).ToArray()).Message.ShouldContain("'a' is there twice");
        Refused(new GgufBytes(values: 1).Text(new string('k', 65536)).Put(0UL).ToArray()).Message.ShouldContain("at most 65535");
        Refused(new GgufBytes(values: 1).Key("general.alignment", GgufValueType.U32).Put(0u).ToArray()).Message.ShouldContain("multiple of 8");
        Refused(new GgufBytes(values: 1).Key("general.alignment", GgufValueType.U32).Put(12u).ToArray()).Message.ShouldContain("multiple of 8");
        Refused(new GgufBytes(values: 1).Key("general.alignment", GgufValueType.U64).Put(32UL).ToArray()).Message.ShouldContain("(U64)");
        var deep = new GgufBytes(values: 1).Key("a", GgufValueType.Array);
        for (int depth = 0; depth < 100_000; depth++)
            deep.Put((uint)GgufValueType.Array).Put(1UL);
        Refused(deep.ToArray()).Message.ShouldContain("more than 4 deep");
    }

    [Fact]
    public void Tensors_that_break_a_rule_are_refused()
    {
        static byte[] One(uint type, ulong offset, params ulong[] sizes) => new GgufBytes(tensors: 1).Tensor("a", type, offset, sizes).Data(64);
        const uint f32 = 0, q4 = 2;
        Refused(One(f32, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1)).Message.ShouldContain("9 dimensions");
        Refused(One(4, 0, 1)).Message.ShouldContain("unknown type 4");
        Refused(One(f32, 0, 17)).Message.ShouldContain("takes 68 bytes from byte 0 of the data, which has 64");
        Refused(One(f32, 64, 1)).Message.ShouldContain("takes 4 bytes from byte 64");
        Refused(One(f32, 1, 1)).Message.ShouldContain("no multiple of the alignment 32");
        Refused(One(f32, ulong.MaxValue - 31, 1)).Message.ShouldContain("no multiple of the alignment");
        Refused(One(f32, long.MaxValue - 31, 1)).Message.ShouldContain("the file is cut off");
        Refused(One(q4, 0, 33)).Message.ShouldContain("needs a multiple of 32");
        Refused(One(f32, 0, 1UL << 63)).Message.ShouldContain("which no file can hold");
        Refused(One(f32, 0, 1UL << 32, 1UL << 32)).Message.ShouldContain("which no file can hold");
        Refused(One(f32, 0, 0, 1UL << 62, 1UL << 62)).Message.ShouldContain("which no file can hold");
        Refused(new GgufBytes(tensors: 2).Tensor("a", f32, 0, 1).Tensor("a", f32, 32, 1).Data(64)).Message.ShouldContain("'a' is there twice");
        Refused(new GgufBytes(tensors: 2).Tensor("a", f32, 0, 9).Tensor("b", f32, 32, 1).Data(64)).Message.ShouldContain("'b' begins within the one before it");
    }

    [Fact]
    public void Version_2_and_all_values_are_read()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new GgufBytes(version: 2, values: 4)
            .Key("u8", GgufValueType.U8).Put([200])
            .Key("negative", GgufValueType.I64).Put(ulong.MaxValue)
            .Key("large", GgufValueType.U64).Put(ulong.MaxValue)
            .Key("deep", GgufValueType.Array).Put((uint)GgufValueType.Array).Put(2UL)
                .Put((uint)GgufValueType.Bool).Put(2UL).Put([1, 0])
                .Put((uint)GgufValueType.Text).Put(1UL).Text("zwölf")
            .ToArray();
        using GgufFile file = GgufFile.Open(folder.File("a.gguf", bytes));
        file.Version.ShouldBe(2u);
        file.Alignment.ShouldBe(32);
        file.Metadata.Integer("u8").ShouldBe(200);
        file.Metadata.Integer("negative").ShouldBe(-1);
        file.Metadata.Number("large").ShouldBe(ulong.MaxValue);
        file.Metadata.Integer("absent", 7).ShouldBe(7);
        ReadOnlySpan<GgufArray> deep = file.Metadata.Elements<GgufArray>("deep");
        deep[0].As<bool>().ToArray().ShouldBe([true, false]);
        deep[1].As<string>().ToArray().ShouldBe(["zwölf"]);
        Should.Throw<ModelFormatException>(() => file.Metadata.Integer("large")).Message.ShouldContain("'large' must be a whole number; it is U64");
        Should.Throw<ModelFormatException>(() => file.Metadata.Text("u8")).Message.ShouldContain("must be a text");
        Should.Throw<ModelFormatException>(() => file.Metadata.Flag("negatve")).Message.ShouldContain("the nearest key is 'negative'");
        Should.Throw<ModelFormatException>(() => file.Metadata.Elements<string>("deep")).Message.ShouldContain("an array of String");
        Should.Throw<InvalidOperationException>(() => file.Metadata.Elements<GgufArray>("deep")[0].As<byte>());
    }

    [Fact]
    public void Rows_are_those_of_the_outermost_dimension()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.gguf");
        BlockType q8 = BlockTypes.Find("Q8_0");
        float[] cube = [.. Enumerable.Range(0, 4 * 3 * 32).Select(i => (float)(i % 127))], vector = [.. Enumerable.Range(0, 96).Select(i => (float)i)];
        using (GgufWriter writer = GgufWriter.Create(path, [], [new("cube", q8, new Shape(4, 3, 32)), new("vector", q8, new Shape(96)), new("scalar", BlockTypes.Find("F16"), new Shape())]))
        {
            writer.Write("cube", cube);
            writer.Write("vector", vector);
            writer.Write("scalar", [2.5f]);
            writer.Commit();
        }
        using GgufFile file = GgufFile.Open(path);
        file.ShapeOf("cube").ShouldBe(new Shape(4, 3, 32));
        float[] all = Rows(file, "cube", 0, 4), some = Rows(file, "cube", 1, 2);
        some.ShouldBe(all[96..288]);
        for (int i = 0; i < all.Length; i++)
            all[i].ShouldBe(cube[i], 0.5);
        // Parts of blocks, at every place.
        float[] whole = Rows(file, "vector", 0, 96);
        for (int begin = 0; begin <= 96; begin++)
        {
            foreach (int count in new[] { 0, 1, 31, 33, 96 - begin })
            {
                if (begin + count <= 96)
                    Rows(file, "vector", begin, count).ShouldBe(whole[begin..(begin + count)]);
            }
        }
        Rows(file, "scalar", 0, 1).ShouldBe([2.5f]);
        var block = new byte[34];
        file.ReadBlocks("vector", 32, 32, block);
        q8.Dequantise(block, some.AsSpan(0, 32));
        some[..32].ShouldBe(whole[32..64]);
        Should.Throw<ArgumentException>(() => file.ReadBlocks("vector", 31, 32, block)).Message.ShouldContain("not whole blocks of 32");
        Should.Throw<ArgumentException>(() => file.ReadBlocks("vector", 32, 64, block)).Message.ShouldContain("have 68 bytes, room for 34");
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = GgufFile.Open(folder.File("a.gguf", new GgufBytes(tensors: 2).Tensor("token_embd.weight", "F32", 0, 4, 2).Tensor("odd", "IQ1_S", 32, 256).Data(96)));
        file.Contains("token_embd.weight").ShouldBeTrue();
        file.Contains("token_embd").ShouldBeFalse();
        Should.Throw<ModelFormatException>(() => file.ShapeOf("tok_embd.weight")).Message.ShouldContain("the nearest name is 'token_embd.weight'");
        Should.Throw<ModelFormatException>(() => Rows(file, "odd", 0, 256)).Message.ShouldContain("IQ1_S, of which only the layout is known");
        Should.Throw<ArgumentOutOfRangeException>(() => Rows(file, "token_embd.weight", 3, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Rows(file, "token_embd.weight", -1, 1));
        Should.Throw<ArgumentOutOfRangeException>(() => Rows(file, "token_embd.weight", 1, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => file.ReadRows("token_embd.weight", 1, long.MaxValue, new float[4]));
        Should.Throw<ArgumentException>(() => file.ReadRows("token_embd.weight", 0, 1, new float[5])).Message.ShouldContain("have 4 elements, room for 5");
    }

    [Fact]
    public void A_file_that_shrinks_after_it_was_opened_is_an_error()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = new GgufBytes(tensors: 1).Tensor("x", "Q4_0", 0, 3200).Data(1800);
        string path = folder.File("a.gguf", bytes);
        using GgufFile file = GgufFile.Open(path);
        File.WriteAllBytes(path, bytes[..^100]);
        Should.Throw<ModelFormatException>(() => Rows(file, "x", 0, 3200)).Message.ShouldContain("was cut off since it was opened");
    }

    [Fact]
    public void Reading_rows_allocates_nothing()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = GgufFile.Open(folder.File("a.gguf", new GgufBytes(tensors: 1).Tensor("x", "Q4_K", 0, 256, 1000).Data(144_000)));
        var rows = new float[500 * 256];
        AllocatedBytes.Of(() => file.ReadRows("x", 200, 500, rows)).ShouldBe(0);
    }

    private static float[] Rows(ITensorSource source, string name, long first, long count)
    {
        Shape shape = source.ShapeOf(name);
        var into = new float[Math.Max(0, count) * (shape.Rank == 0 ? 1 : shape.Count / shape[0])];
        source.ReadRows(name, first, count, into);
        return into;
    }
}
