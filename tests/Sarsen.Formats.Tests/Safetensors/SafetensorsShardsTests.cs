using System.Text;
using Sarsen.Tensors;

namespace Sarsen.Formats.Tests;

public sealed class SafetensorsShardsTests
{
    private static readonly (string, Tensor)[] s_tensors =
    [
        ("embed", Tensor.From(new float[] { 1, 2, 3, 4, 5, 6 }, new Shape(3, 2))),
        ("half", Tensor.From(new[] { (Half)0.5, (Half)(-2) }, new Shape(2))),
        ("ids", Tensor.From(new long[] { 7, -8, 1L << 40 }, new Shape(3, 1))),
        ("norm", Tensor.From(new double[] { 0.1 }, new Shape())),
        ("mask", Tensor.From(new[] { true, false, true, true }, new Shape(2, 2))),
    ];

    [Fact]
    public void Shards_come_back_as_one_source()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyList<string> files = SafetensorsShardsWriter.Write(folder.Path, s_tensors, mostBytes: 28);
        files.ShouldBe(["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors"]);
        using ITensorSource source = TensorSources.Open(folder.Path);
        var shards = source.ShouldBeOfType<SafetensorsShards>();
        shards.Files.Count.ShouldBe(3);
        shards.Names.Order(StringComparer.Ordinal).ShouldBe(["embed", "half", "ids", "mask", "norm"]);
        source.Contains("embed").ShouldBeTrue();
        source.Contains("embd").ShouldBeFalse();
        source.ShapeOf("norm").ShouldBe(new Shape());
        Rows(source, "embed", 1, 2, 4).ShouldBe([3, 4, 5, 6]);
        Rows(source, "half", 0, 2, 2).ShouldBe([0.5f, -2]);
        Rows(source, "ids", 1, 2, 2).ShouldBe([-8, 1L << 40]);
        Rows(source, "norm", 0, 1, 1).ShouldBe([0.1f]);
        Rows(source, "mask", 0, 2, 4).ShouldBe([1, 0, 1, 1]);
        shards.FileOf("ids").Read("ids").ToArray<long>().ShouldBe([7, -8, 1L << 40]);
        Should.Throw<ModelFormatException>(() => source.ShapeOf("embd")).Message.ShouldContain("the nearest name is 'embed'");
        Should.Throw<ArgumentOutOfRangeException>(() => Rows(source, "embed", 2, 2, 4));
        Should.Throw<ArgumentException>(() => Rows(source, "embed", 1, 2, 5)).Message.ShouldContain("have 4 elements, room for 5");
    }

    [Fact]
    public void What_fits_one_file_has_no_index()
    {
        using var folder = new TemporaryFolder();
        SafetensorsShardsWriter.Write(folder.Path, s_tensors, mostBytes: 1 << 20).ShouldBe(["model.safetensors"]);
        Directory.GetFiles(folder.Path).Length.ShouldBe(1);
        using ITensorSource source = TensorSources.Open(folder.Path);
        source.ShouldBeOfType<SafetensorsFile>();
        Should.Throw<ArgumentException>(() => SafetensorsShardsWriter.Write(folder.Path, [.. s_tensors, s_tensors[0]], mostBytes: 8)).Message.ShouldContain("two tensors have the name 'embed'");
    }

    [Theory]
    [InlineData("[]", "an object with a weight_map")]
    [InlineData("{}", "an object with a weight_map")]
    [InlineData("""{"weight_map":[]}""", "an object with a weight_map")]
    [InlineData("""{"weight_map":{"a":1}}""", "the file of 'a' must be a text")]
    [InlineData("""{"weight_map":{"a":""}}""", "files of the same folder")]
    [InlineData("""{"weight_map":{"a":"../a.safetensors"}}""", "files of the same folder")]
    [InlineData("""{"weight_map":{"a":".."}}""", "files of the same folder")]
    [InlineData("""{"weight_map":{"a":"b\\a.safetensors"}}""", "files of the same folder")]
    [InlineData("""{"weight_map":{"a":"/etc/a.safetensors"}}""", "files of the same folder")]
    [InlineData("""{"weight_map":{"a":"gone.safetensors"}}""", "gone.safetensors, which is not there")]
    [InlineData("""{"weight_map":{"b":"a.safetensors"}}""", "'b' should lie in a.safetensors, which does not have it")]
    [InlineData("""{"weight_map":{"a":"a.safetensors","a":"a.safetensors"}}""", "'a' is there twice")]
    [InlineData("""{"weight_map":{"\ud800":"a.safetensors"}}""", "not Unicode")]
    [InlineData("""{"weight_map":{"a":"\ud800"}}""", "not Unicode")]
    [InlineData("""{"weight_map":{"a":"a.safetensors"}""", "not JSON")]
    public void An_index_that_breaks_a_rule_is_refused(string json, string words)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("a.safetensors"), [("a", Tensor.From(new float[] { 1 }, new Shape(1)))]);
        string index = folder.File(SafetensorsShards.IndexName, Encoding.UTF8.GetBytes(json));
        var refusal = Should.Throw<ModelFormatException>(() => SafetensorsShards.Open(folder.Path).Dispose());
        refusal.File.ShouldBe(index);
        refusal.Message.ShouldContain(words);
    }

    private static float[] Rows(ITensorSource source, string name, long first, long count, int elements)
    {
        var into = new float[elements];
        source.ReadRows(name, first, count, into);
        return into;
    }
}
