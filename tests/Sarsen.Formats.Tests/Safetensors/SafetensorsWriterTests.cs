using System.Text.Json;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

public sealed class SafetensorsWriterTests
{
    private static Tensor Random(DType type, Shape shape)
    {
        Tensor tensor = Tensor.Empty(type, shape);
        new Random(7).NextBytes(tensor.Bytes);
        if (type == DType.Bool)
        {
            foreach (ref byte b in tensor.Bytes)
                b &= 1;
        }
        return tensor;
    }

    [Fact]
    public void Every_type_and_shape_comes_back()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        Shape[] shapes = [new(), new(3), new(2, 0, 4), new(2, 3, 1, 5), new(1, 1, 1, 1, 1, 1, 1, 2)];
        var tensors = (from type in Enum.GetValues<DType>() from s in Enumerable.Range(0, shapes.Length) select ($"{type}.{s}", Random(type, shapes[s]))).ToList();
        var metadata = new Dictionary<string, string> { ["zwölf"] = "a \"text\"\n", ["format"] = "pt", [""] = "" };
        SafetensorsWriter.Write(path, tensors, metadata);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Entries.Count.ShouldBe(tensors.Count);
        file.Metadata.ShouldBe(metadata, ignoreOrder: true);
        foreach ((string name, Tensor value) in tensors)
        {
            Tensor read = file.Read(name);
            read.DType.ShouldBe(value.DType);
            read.Shape.ShouldBe(value.Shape);
            read.Bytes.SequenceEqual(value.Bytes).ShouldBeTrue(name);
            (file.Entry(name).Offset % value.DType.Size()).ShouldBe(0, name);
        }
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes()
    {
        var tensors = new (string, Tensor)[] { ("b", Random(DType.F32, new(3))), ("a", Random(DType.F32, new(2))), ("c", Random(DType.I64, new(1))) };
        var metadata = new Dictionary<string, string> { ["k"] = "1", ["a"] = "2" };
        using var one = new MemoryStream();
        using var two = new MemoryStream();
        SafetensorsWriter.Write(one, tensors, metadata);
        SafetensorsWriter.Write(two, tensors.Reverse(), metadata.Reverse().ToDictionary());
        one.ToArray().ShouldBe(two.ToArray());
    }

    [DataFact("conformance/safetensors/upstream_byte_vectors.json")]
    public void The_bytes_are_those_of_the_reference()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("conformance/safetensors/upstream_byte_vectors.json")));
        using var folder = new TemporaryFolder();
        int seen = 0;
        foreach (JsonElement vector in vectors.RootElement.EnumerateArray().Where(v => v.GetProperty("kind").GetString() == "serialize_exact_output"))
        {
            byte[] expected = vector.GetProperty("bytes_base64").GetBytesFromBase64();
            using SafetensorsFile file = SafetensorsFile.Open(folder.File($"{seen++}", expected));
            if (file.Entries.Any(e => e.DType is null))
                continue;
            using var written = new MemoryStream();
            SafetensorsWriter.Write(written, file.Entries.Select(e => (e.Name, file.Read(e.Name))), file.Metadata.Count > 0 ? file.Metadata : null);
            written.ToArray().ShouldBe(expected);
        }
        seen.ShouldBe(5);
    }

    [Fact]
    public void Names_are_unique_and_Unicode()
    {
        Tensor x = Tensor.Empty(DType.F32, new Shape(1));
        using var to = new MemoryStream();
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(to, [("x", x), ("x", x)])).Message.ShouldContain("two tensors have the name 'x'");
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(to, [("__metadata__", x)]));
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(to, [("\ud800", x)]));
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(to, [], new Dictionary<string, string> { ["a"] = "\udc00" }));
        to.Length.ShouldBe(0);
    }
}
