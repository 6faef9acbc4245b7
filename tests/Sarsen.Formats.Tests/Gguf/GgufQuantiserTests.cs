using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Gguf;

public sealed class GgufQuantiserTests
{
    private const string Model = "models/tinystories-656k";

    /// <summary>The files that llama.cpp made of the same f32 file.</summary>
    [DataTheory(Model)]
    [InlineData("F16")]
    [InlineData("Q4_0")]
    [InlineData("Q4_1")]
    [InlineData("Q5_0")]
    [InlineData("Q5_1")]
    [InlineData("Q8_0")]
    public void Types_and_bits_are_those_of_llama_cpp(string type)
    {
        using var folder = new TemporaryFolder();
        using GgufFile exact = GgufFile.Open(PathOf("f32")), expected = GgufFile.Open(PathOf(type.ToLowerInvariant()));
        GgufQuantiser.Run(exact, folder.File("a.gguf"), GgufMixture.Find(type));
        using GgufFile actual = GgufFile.Open(folder.File("a.gguf"));
        actual.Tensors.Count.ShouldBe(expected.Tensors.Count);
        foreach (GgufTensor tensor in expected.Tensors)
        {
            (actual.Tensor(tensor.Name).Type, actual.ShapeOf(tensor.Name)).ShouldBe((tensor.Type, tensor.Shape), tensor.Name);
            Bytes(actual, tensor.Name).AsSpan().SequenceEqual(Bytes(expected, tensor.Name)).ShouldBeTrue(tensor.Name);
        }
        foreach ((string key, GgufValue value) in exact.Metadata.Where(pair => pair.Key != GgufMixture.FileTypeKey))
            actual.Metadata[key].ToString().ShouldBe(value.ToString(), key);
        actual.Metadata.Integer(GgufMixture.FileTypeKey).ShouldBe(expected.Metadata.Integer(GgufMixture.FileTypeKey));
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_threads()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = Written(folder, "F32", rows: 300);
        byte[][] written = [.. new[] { 1, 2 }.Select(threads =>
        {
            GgufQuantiser.Run(file, folder.File($"{threads}.gguf"), GgufMixture.Find("Q4_K_M"), new GgufQuantiserOptions { Workers = Workers.Shared.Take(threads) });
            return File.ReadAllBytes(folder.File($"{threads}.gguf"));
        })];
        written[0].ShouldBe(written[1]);
    }

    [Fact]
    public void Few_bits_are_not_made_fewer_unless_it_is_allowed()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = Written(folder, "Q8_0", rows: 3);
        Should.Throw<ModelFormatException>(() => GgufQuantiser.Run(file, folder.File("b.gguf"), GgufMixture.Find("Q4_K_M"))).Message.ShouldContain("is Q8_0 already");
        File.Exists(folder.File("b.gguf")).ShouldBeFalse();
        GgufQuantiser.Run(file, folder.File("b.gguf"), GgufMixture.Find("Q4_K_M"), new GgufQuantiserOptions { Requantise = true });
        using GgufFile smaller = GgufFile.Open(folder.File("b.gguf"));
        smaller.Tensor("blk.0.attn_q.weight").Type.Name.ShouldBe("Q4_K");
    }

    [Fact]
    public void What_cannot_be_stored_is_named_and_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = Written(folder, "F32", rows: 3, last: float.NaN);
        ModelFormatException e = Should.Throw<ModelFormatException>(() => GgufQuantiser.Run(file, folder.File("b.gguf"), GgufMixture.Find("Q4_0")));
        e.Message.ShouldContain("'blk.0.attn_q.weight' cannot be stored so: Q4_0: element 767 is NaN");
        Should.Throw<ArgumentException>(() => GgufQuantiser.Run(file, file.Path, GgufMixture.Find("Q8_0"))).Message.ShouldContain("over itself");
        Directory.GetFiles(Path.GetDirectoryName(file.Path)!).ShouldBe([file.Path]);
    }

    [Fact]
    public void It_is_stopped_between_pieces()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = Written(folder, "F32", rows: 3);
        using var stop = new CancellationTokenSource();
        var options = new GgufQuantiserOptions { OnProgress = (_, _) => stop.Cancel() };
        Should.Throw<OperationCanceledException>(() => GgufQuantiser.Run(file, folder.File("b.gguf"), GgufMixture.Find("Q8_0"), options, stop.Token));
        File.Exists(folder.File("b.gguf")).ShouldBeFalse();
    }

    /// <summary>A piece of a tensor is in memory, not the tensor.</summary>
    [Fact]
    public void Large_tensors_go_through_in_pieces()
    {
        using var folder = new TemporaryFolder();
        using GgufFile file = Written(folder, "F32", rows: 1 << 16);
        GgufQuantiser.Run(file, folder.File("warm.gguf"), GgufMixture.Find("Q8_0"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        GgufQuantiser.Run(file, folder.File("b.gguf"), GgufMixture.Find("Q8_0"));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(file.Tensor("blk.0.attn_q.weight").Bytes / 8);
    }

    [FullDiskFact]
    public void A_full_disk_is_an_IO_error_and_the_old_file_stays()
    {
        using var folder = new TemporaryFolder();
        using SmallDisk disk = SmallDisk.TryMount(1 << 16)!;
        using GgufFile file = Written(folder, "F32", rows: 300);
        string path = Path.Combine(disk.Path, "a.gguf");
        File.WriteAllText(path, "old");
        Should.Throw<IOException>(() => GgufQuantiser.Run(file, path, GgufMixture.Find("Q8_0")));
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFiles(disk.Path).ShouldBe([path]);
    }

    /// <summary>A file with two tensors, one of them a vector.</summary>
    private static GgufFile Written(TemporaryFolder folder, string type, int rows, float? last = null)
    {
        var random = new Random(1);
        float[] values = [.. Enumerable.Range(0, rows * 256).Select(_ => (float)random.NextDouble() - 0.5f)];
        if (last is { } odd)
            values[^1] = odd;
        string path = folder.File("a.gguf");
        using (GgufWriter writer = GgufWriter.Create(path, [new("general.architecture", "llama")],
            [new("blk.0.attn_q.weight", BlockTypes.Find(type), new Shape(rows, 256)), new("output_norm.weight", BlockTypes.Find("F32"), new Shape(7))]))
        {
            writer.Write("blk.0.attn_q.weight", values);
            writer.Write("output_norm.weight", values.AsSpan(0, 7));
            writer.Commit();
        }
        return GgufFile.Open(path);
    }

    private static byte[] Bytes(GgufFile file, string name)
    {
        byte[] bytes = new byte[file.Tensor(name).Bytes];
        file.ReadBlocks(name, 0, file.ShapeOf(name)[0], bytes);
        return bytes;
    }

    private static string PathOf(string type) => TestData.PathOf($"{Model}/tinystories-656k-{type}.gguf");
}
