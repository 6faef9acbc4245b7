using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

public sealed class SafetensorsFileTests
{
    private static byte[] Bytes(string json, int dataBytes)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 0; i < dataBytes; i++)
            file[8 + header.Length + i] = (byte)i;
        return file;
    }

    private static string One(string name, string type, string shape, long begin, long end) =>
        $$"""{{name}}:{"dtype":"{{type}}","shape":[{{shape}}],"data_offsets":[{{begin}},{{end}}]}""";

    private static ModelFormatException Refused(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors", bytes);
        var refusal = Should.Throw<ModelFormatException>(() => SafetensorsFile.Open(path).Dispose());
        refusal.File.ShouldBe(path);
        refusal.Offset.ShouldBeInRange(0, bytes.Length);
        return refusal;
    }

    [Theory]
    [InlineData("""[]""", 0, "must be an object")]
    [InlineData("""{"a":1}""", 0, "must be an object")]
    [InlineData("""{} x""", 0, "not JSON")]
    [InlineData("""{""", 0, "not JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, "not JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "must have dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "must have dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}""", 4, "more than 2 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "the key 'x'")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "the key 'dtype'")]
    [InlineData("""{"a":{"dtype":5,"shape":[1],"data_offsets":[0,4]}}""", 4, "dtype of 'a' must be a text")]
    [InlineData("""{"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'F33'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "whole numbers from 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "must be a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "more than 8 numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "no file can hold")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes, its data_offsets give it 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "lies at 4 to 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "lies at 0 to 8 of the data, which has 4 bytes")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1, "do not fill whole bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "last 1 bytes belong to no tensor")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "must be a text")]
    [InlineData("""{"__metadata__":[]}""", 0, "must be an object of texts")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "__metadata__ is there twice")]
    [InlineData("""{"__metadata__":{"a":"","a":""}}""", 0, "'a' is there twice")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", 0, "not Unicode")]
    public void A_header_that_breaks_a_rule_is_refused(string json, int dataBytes, string reason) =>
        Refused(Bytes(json, dataBytes)).Message.ShouldContain(reason);

    [Fact]
    public void Tensors_share_no_name_and_no_byte()
    {
        Refused(Bytes($"{{{One("\"a\"", "U8", "2", 0, 2)},{One("\"a\"", "U8", "2", 2, 4)}}}", 4)).Message.ShouldContain("'a' is there twice");
        Refused(Bytes($"{{{One("\"a\"", "U8", "2", 0, 2)},{One("\"b\"", "U8", "3", 1, 4)}}}", 4)).Message.ShouldContain("'b' begins within the one before");
        Refused(Bytes($"{{{One("\"a\"", "U8", "2", 0, 2)},{One("\"b\"", "U8", "1", 3, 4)}}}", 4)).Message.ShouldContain("the 1 bytes before the tensor 'b'");
    }

    [Fact]
    public void A_length_that_cannot_be_is_refused()
    {
        Refused([]).Message.ShouldContain("begins with the 8 bytes");
        Refused([1, 2, 3]).Message.ShouldContain("begins with the 8 bytes");
        Refused([60, 0, 0, 0, 0, 0, 0, 0]).Message.ShouldContain("only 0 follow");
        Refused([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).Message.ShouldContain("at most 100000000");
        Refused([1, 0, 0, 0, 0, 0, 0, 0, 0xFF]).Message.ShouldContain("not UTF-8");
    }

    [DataFact("conformance/safetensors/upstream_byte_vectors.json")]
    public void The_reference_accepts_and_refuses_the_same_bytes()
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("conformance/safetensors/upstream_byte_vectors.json")));
        using var folder = new TemporaryFolder();
        int seen = 0;
        foreach (JsonElement vector in vectors.RootElement.EnumerateArray())
        {
            string path = folder.File($"{seen++}.safetensors", vector.GetProperty("bytes_base64").GetBytesFromBase64());
            string test = vector.GetProperty("test").GetString()!;
            if (vector.GetProperty("expect").GetString() == "ok")
                SafetensorsFile.Open(path).Dispose();
            else
                Should.Throw<ModelFormatException>(() => SafetensorsFile.Open(path).Dispose(), test);
        }
        seen.ShouldBe(22);
    }

    [DataFact("models/burn-mnist-cnn/mnist.safetensors", "models/tinystories-656k/model.safetensors", "models/model2vec-test", "models/silero-vad", "conformance/safetensors")]
    public void Files_of_other_makers_are_read()
    {
        foreach (string relative in new[]
        {
            "models/burn-mnist-cnn/mnist.safetensors", "models/tinystories-656k/model.safetensors", "models/silero-vad/silero_vad_16k.safetensors",
            "models/model2vec-test/test-model-float16/model.safetensors", "models/model2vec-test/test-model-int8/model.safetensors",
            "conformance/safetensors/burn_multi_layer.safetensors",
        })
        {
            using SafetensorsFile file = SafetensorsFile.Open(TestData.PathOf(relative));
            file.Entries.Count.ShouldBeGreaterThan(0);
            foreach (SafetensorsEntry entry in file.Entries)
            {
                Tensor tensor = file.Read(entry.Name);
                tensor.Shape.ShouldBe(entry.Shape);
                tensor.DType.ShouldBe(entry.DType!.Value);
            }
        }
    }

    [Fact]
    public void Types_without_tensors_are_listed_and_not_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors", Bytes($"{{{One("\"a\"", "F8_E4M3", "2,2", 0, 4)},{One("\"b\"", "U8", "1", 4, 5)}}}", 5));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Entry("a").DType.ShouldBeNull();
        file.Entry("a").TypeName.ShouldBe("F8_E4M3");
        Should.Throw<ModelFormatException>(() => file.Read("a")).Message.ShouldContain("F8_E4M3");
        file.Read("b").ToArray<byte>().ShouldBe([(byte)4]);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        SafetensorsWriter.Write(path, [("conv.weight", Tensor.From(new float[] { 1, 2, 3, 4, 5, 6 }, new Shape(2, 3)))]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Contains("conv.weight").ShouldBeTrue();
        file.Contains("conv").ShouldBeFalse();
        Should.Throw<ModelFormatException>(() => file.Read("conv.wieght")).Message.ShouldContain("nearest name is 'conv.weight'");
        Should.Throw<ModelFormatException>(() => file.ReadInto("conv.weight", Tensor.Empty(DType.F32, new Shape(3, 2)))).Message.ShouldContain("(2, 3), (3, 2) was expected");
        Should.Throw<ModelFormatException>(() => file.ReadInto("conv.weight", Tensor.Empty(DType.F64, new Shape(2, 3)))).Message.ShouldContain("ask for conversion");
        Should.Throw<ModelFormatException>(() => file.ReadInto("conv.weight", Tensor.Empty(DType.I32, new Shape(2, 3)), convert: true)).Message.ShouldContain("I32 was expected");
    }

    [Fact]
    public void A_file_that_shrinks_after_it_was_opened_is_an_error()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        SafetensorsWriter.Write(path, [("x", Tensor.Empty(DType.F32, new Shape(1000)))]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
        Should.Throw<ModelFormatException>(() => file.Read("x")).Message.ShouldContain("was cut off since it was opened");
    }

    [Fact]
    public void Bools_are_0_or_1()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors", Bytes($"{{{One("\"a\"", "BOOL", "2", 0, 2)},{One("\"b\"", "BOOL", "1", 2, 3)}}}", 3));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Read("a").ToArray<bool>().ShouldBe([false, true]);
        Should.Throw<ModelFormatException>(() => file.Read("b")).Message.ShouldContain("holds the byte 2");
    }

    [Fact]
    public void Floats_are_converted_when_asked()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        Half[] halves = [(Half)1.5, Half.Epsilon, Half.NegativeInfinity];
        Tensor brain = Tensor.Empty(DType.BF16, new Shape(2));
        new byte[] { 0x80, 0x3F, 0x20, 0xC0 }.CopyTo(brain.Bytes);
        SafetensorsWriter.Write(path,
        [
            ("half", Tensor.From(halves, new Shape(3))),
            ("brain", brain),
            ("double", Tensor.From(new[] { 1.0 / 3, 1e300 }, new Shape(2))),
        ]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        file.Read("half", DType.F32).ToArray<float>().ShouldBe([1.5f, 5.9604645e-08f, float.NegativeInfinity]);
        file.Read("brain", DType.F32).ToArray<float>().ShouldBe([1f, -2.5f]);
        file.Read("double", DType.F32).ToArray<float>().ShouldBe([1f / 3, float.PositiveInfinity]);
    }

    [Theory]
    [InlineData("F8_E4M3", 0x01, 0.001953125f, 0x7E, 448f, 0xC0, -2f, 0x7F, float.NaN)]
    [InlineData("F8_E5M2", 0x01, 1.52587890625e-05f, 0x7B, 57344f, 0xFC, float.NegativeInfinity, 0x7D, float.NaN)]
    [InlineData("F8_E4M3FNUZ", 0x01, 0.0009765625f, 0x7F, 240f, 0xC0, -1f, 0x80, float.NaN)]
    [InlineData("F8_E5M2FNUZ", 0x01, 7.62939453125e-06f, 0x7F, 57344f, 0xC0, -1f, 0x80, float.NaN)]
    [InlineData("F8_E8M0", 0x00, 5.877471754111438e-39f, 0x80, 2f, 0xFE, 1.7014118346046923e+38f, 0xFF, float.NaN)]
    public void Eight_bit_floats_are_read_as_rows(string type, int a, float first, int b, float second, int c, float third, int d, float fourth)
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes($"{{{One("\"a\"", type, "2,2", 0, 4)}}}", 4);
        new[] { (byte)a, (byte)b, (byte)c, (byte)d }.CopyTo(bytes, bytes.Length - 4);
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("a.safetensors", bytes));
        var values = new float[4];
        file.ReadRows("a", 0, 2, values);
        values.ShouldBe([first, second, third, fourth]);
        file.ReadRows("a", 1, 1, values.AsSpan(0, 2));
        values[..2].ShouldBe([third, fourth]);
    }

    [DataFact("conformance/loractl-goldens/fp8_lut_golden.json")]
    public void All_patterns_of_eight_bit_floats_are_those_of_PyTorch()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(TestData.PathOf("conformance/loractl-goldens/fp8_lut_golden.json")));
        float[] expected = [.. golden.RootElement.GetProperty("lut").EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Number ? v.GetSingle() : float.NaN)];
        using var folder = new TemporaryFolder();
        byte[] bytes = Bytes($"{{{One("\"a\"", "F8_E4M3", "256", 0, 256)}}}", 256);
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("a.safetensors", bytes));
        var values = new float[256];
        file.ReadRows("a", 0, 256, values);
        values.Select(BitConverter.SingleToInt32Bits).ShouldBe(expected.Select(BitConverter.SingleToInt32Bits));
    }
}
