using System.IO.Compression;
using System.Text;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

public sealed class ArrayReaderTests
{
    public static TheoryData<string> Npys => [.. ArrayGolden.Npy.Select(g => g.Name)];

    public static TheoryData<string> Idxs => [.. ArrayGolden.Idx.Select(g => g.Name)];

    private static ArrayReader OpenNpy(byte[] bytes) => NpyFile.Open(new MemoryStream(bytes), "a.npy");

    private static ArrayReader OpenIdx(byte[] bytes) => IdxFile.Open(new MemoryStream(bytes), "a.idx");

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Npy(string dictionary, int dataBytes, byte major = 1, byte minor = 0)
    {
        byte[] text = Encoding.Latin1.GetBytes(dictionary);
        return [0x93, .. "NUMPY"u8, major, minor, (byte)text.Length, (byte)(text.Length >> 8), .. major > 1 ? new byte[2] : [], .. text, .. new byte[dataBytes]];
    }

    private static void Check(ArrayGolden golden, Func<byte[], ArrayReader> open)
    {
        byte[] expected = Convert.FromBase64String(golden.Elements), file = Convert.FromBase64String(golden.File);
        using (ArrayReader reader = open(file))
        {
            reader.DType.ShouldBe(golden.Type);
            reader.Shape.ShouldBe(new Shape(golden.Sizes));
            reader.IsText.ShouldBeFalse();
            Tensor all = reader.ReadAll();
            all.Shape.ShouldBe(reader.Shape);
            all.Bytes.ToArray().ShouldBe(expected);
            reader.NextRow.ShouldBe(reader.Rows);
        }
        foreach (int rows in new[] { 1, 2, 3 })
        {
            using ArrayReader reader = open(file);
            var read = new List<byte>();
            var buffer = new byte[rows * reader.RowBytes];
            for (int count; (count = reader.ReadRows(buffer)) > 0;)
                read.AddRange(buffer.AsSpan(0, (int)(count * reader.RowBytes)));
            read.ShouldBe(expected);
            reader.NextRow.ShouldBe(reader.Rows);
            reader.ReadRows(buffer).ShouldBe(0);
        }
        using (ArrayReader reader = open(file))
        {
            if (reader.Rows < 2 || reader.RowBytes == 0)
                return;
            reader.ReadRows(new byte[reader.RowBytes]);
            Tensor rest = reader.ReadAll();
            rest.Shape[0].ShouldBe(reader.Rows - 1);
            rest.Bytes.ToArray().ShouldBe(expected[(int)reader.RowBytes..]);
        }
    }

    [Theory]
    [MemberData(nameof(Npys))]
    public void Npy_files_of_numpy_are_read(string name) => Check(ArrayGolden.Npy.Single(g => g.Name == name), OpenNpy);

    [Theory]
    [MemberData(nameof(Idxs))]
    public void Idx_files_are_read(string name) => Check(ArrayGolden.Idx.Single(g => g.Name == name), OpenIdx);

    [Fact]
    public void Texts_of_numpy_are_read()
    {
        foreach (TextGolden golden in TextGolden.All)
        {
            byte[] file = Convert.FromBase64String(golden.File);
            using ArrayReader reader = OpenNpy(file);
            reader.IsText.ShouldBeTrue();
            reader.Shape.ShouldBe(new Shape(2, 3));
            Should.Throw<InvalidOperationException>(() => reader.DType);
            Should.Throw<InvalidOperationException>(() => reader.ReadRows(new byte[1000]));
            string[] first = reader.ReadText(1), rest = reader.ReadText(5);
            first.Concat(rest).ShouldBe(TextGolden.Words, golden.Name);
            reader.ReadText(1).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Texts_that_are_not_Unicode_are_refused()
    {
        byte[] wide = Npy("{'descr': '<U1', 'fortran_order': False, 'shape': (1,)}", 4);
        wide[^1] = 0x7F;
        using ArrayReader reader = OpenNpy(wide);
        Should.Throw<ModelFormatException>(() => reader.ReadText(1)).Message.ShouldContain("element 0 is not UTF-32");
        byte[] narrow = Npy("{'descr': '|S1', 'fortran_order': False, 'shape': (1,)}", 1);
        narrow[^1] = 0xFF;
        using ArrayReader bytes = OpenNpy(narrow);
        Should.Throw<ModelFormatException>(() => bytes.ReadText(1)).Message.ShouldContain("is not UTF-8");
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", 8, "pickled Python objects")]
    [InlineData("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", 8, "'<c8' are not read")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4, "records of several fields")]
    [InlineData("{'descr': '<U0', 'fortran_order': False, 'shape': (1,)}", 0, "0 characters wide")]
    [InlineData("{'descr': '<U99999999', 'fortran_order': False, 'shape': (0,)}", 0, "99999999 characters wide")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", 4, "descr, fortran_order and shape are expected")]
    [InlineData("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 4, "the key 'descr' is there twice")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4, "the key 'x'")]
    [InlineData("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", 4, "True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 4, "whole numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 4, "whole numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", 4, "more than 8 dimensions")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2)}", 4, "larger than any file")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904)}", 0, "larger than any file")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296)}", 0, "is empty, and has rows larger than")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 4, "needs 8 bytes, 4 follow")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 5, "a file holds one array")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + 1", 4, "something follows")]
    [InlineData("{'descr': '<f4", 4, "must be a text in quotes")]
    [InlineData("", 4, "'{' is expected where it ends")]
    public void A_npy_header_that_is_something_else_is_refused(string dictionary, int dataBytes, string reason)
    {
        byte[] bytes = Npy(dictionary, dataBytes);
        Should.Throw<ModelFormatException>(() => OpenNpy(bytes).Dispose()).Message.ShouldContain(reason);
    }

    [Fact]
    public void What_is_not_npy_is_refused()
    {
        const string sound = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}";
        Should.Throw<ModelFormatException>(() => OpenNpy("PK\x3\x4 a zip archive"u8.ToArray())).Message.ShouldContain("another format");
        Should.Throw<ModelFormatException>(() => OpenNpy([])).Message.ShouldContain("ends within the header");
        Should.Throw<ModelFormatException>(() => OpenNpy(Npy(sound, 4, major: 4))).Message.ShouldContain("version 4.0");
        Should.Throw<ModelFormatException>(() => OpenNpy(Npy(sound, 4, minor: 1))).Message.ShouldContain("version 1.1");
        byte[] endless = Npy(sound, 4, major: 2);
        endless[11] = 0x7F;
        Should.Throw<ModelFormatException>(() => OpenNpy(endless)).Message.ShouldContain("at most 65536");
        Should.Throw<ModelFormatException>(() => OpenNpy(Npy(sound, 4)[..20])).Message.ShouldContain("ends within the header");
    }

    [Fact]
    public void What_is_not_idx_is_refused()
    {
        Should.Throw<ModelFormatException>(() => OpenIdx([1, 0, 8, 1, 0, 0, 0, 0])).Message.ShouldContain("01 00");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 7, 1, 0, 0, 0, 0])).Message.ShouldContain("0x07 is unknown");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 8, 0])).Message.ShouldContain("0 dimensions");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 8, 9, .. new byte[36]])).Message.ShouldContain("9 dimensions");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 8, 1, 0, 0])).Message.ShouldContain("ends within the sizes");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 8, 1, 0, 0, 0, 2, 1])).Message.ShouldContain("needs 2 bytes, 1 follow");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 8, 1, 0, 0, 0, 1, 1, 2])).Message.ShouldContain("but 2 follow");
        Should.Throw<ModelFormatException>(() => OpenIdx([0, 0, 14, 3, .. Enumerable.Repeat((byte)0xFF, 12)])).Message.ShouldContain("larger than any file");
    }

    [Fact]
    public void A_packed_file_holds_what_its_header_says()
    {
        byte[] idx = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6];
        using (ArrayReader reader = OpenIdx(Gzip(idx)))
            reader.ReadAll().ToArray<byte>().ShouldBe([1, 2, 3, 4, 5, 6]);
        using (ArrayReader reader = OpenIdx(Gzip(idx[..^1])))
            Should.Throw<ModelFormatException>(() => reader.ReadAll()).Message.ShouldContain("ends within the array");
        using (ArrayReader reader = OpenIdx(Gzip([.. idx, 7])))
            Should.Throw<ModelFormatException>(() => reader.ReadAll()).Message.ShouldContain("more bytes follow");
        using (ArrayReader reader = OpenIdx(Gzip([.. idx])[..^10]))
            Should.Throw<ModelFormatException>(() => reader.ReadAll());
        byte[] damaged = Gzip(idx);
        damaged[^6] ^= 1;
        using (ArrayReader reader = OpenIdx(damaged))
            Should.Throw<ModelFormatException>(() => reader.ReadAll()).Message.ShouldContain("gzip data is damaged");
        byte[] claims = [0, 0, 8, 2, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 1, 0];
        Should.Throw<ModelFormatException>(() => OpenIdx(Gzip(claims))).Message.ShouldContain("can be packed");
        byte[] column = Npy("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2)}", 20);
        using (ArrayReader reader = OpenNpy(Gzip(column)))
            Should.Throw<ModelFormatException>(() => reader.ReadAll()).Message.ShouldContain("where its header says");
    }

    [Fact]
    public void Bools_are_0_or_1()
    {
        byte[] bytes = Npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", 2);
        bytes[^1] = 2;
        using ArrayReader reader = OpenNpy(bytes);
        Should.Throw<ModelFormatException>(() => reader.ReadAll()).Message.ShouldContain("holds the byte 2");
    }

    [Fact]
    public void A_row_needs_room()
    {
        using ArrayReader reader = OpenIdx([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2]);
        Should.Throw<ArgumentException>(() => reader.ReadRows(new byte[1])).Message.ShouldContain("has 2 bytes, room for 1");
    }

    [Fact]
    public void What_is_written_as_npy_is_read()
    {
        using var folder = new TemporaryFolder();
        foreach (DType type in Enum.GetValues<DType>().Where(t => t != DType.BF16))
        {
            foreach (Shape shape in new Shape[] { new(), new(3), new(2, 0), new(2, 3, 4) })
            {
                Tensor tensor = Tensor.Empty(type, shape);
                for (int i = 0; i < tensor.Bytes.Length; i++)
                    tensor.Bytes[i] = (byte)(type == DType.Bool ? i & 1 : i);
                NpyWriter.Write(folder.File("a.npy"), tensor);
                using ArrayReader reader = NpyFile.Open(folder.File("a.npy"));
                reader.DType.ShouldBe(type);
                Tensor read = reader.ReadAll();
                read.Shape.ShouldBe(shape);
                read.Bytes.SequenceEqual(tensor.Bytes).ShouldBeTrue();
            }
        }
        Should.Throw<NotSupportedException>(() => NpyWriter.Write(Stream.Null, Tensor.Empty(DType.BF16, new Shape(1))));
    }

    [Fact]
    public void Npy_is_written_as_numpy_writes_it()
    {
        foreach (ArrayGolden golden in ArrayGolden.Npy.Where(g => g.Name is "scalar" or "empty" or "line" or "deep" || (g.Name.EndsWith(" little", StringComparison.Ordinal))))
        {
            byte[] file = Convert.FromBase64String(golden.File);
            using var written = new MemoryStream();
            using ArrayReader reader = OpenNpy(file);
            NpyWriter.Write(written, reader.ReadAll());
            // numpy leaves room in the header for a first dimension that grows, so only the text is the same.
            string text = Encoding.Latin1.GetString(written.ToArray()), expected = Encoding.Latin1.GetString(file);
            text[10..text.IndexOf('}')].ShouldBe(expected[10..expected.IndexOf('}')]);
            written.ToArray()[(written.ToArray().AsSpan().IndexOf((byte)'\n') + 1)..].ShouldBe(Convert.FromBase64String(golden.Elements));
        }
    }

    [DataFact("datasets/mnist/t10k-images-idx3-ubyte.gz", "datasets/mnist/t10k-labels-idx1-ubyte.gz")]
    public void Mnist_is_read()
    {
        using ArrayReader images = IdxFile.Open(TestData.PathOf("datasets/mnist/t10k-images-idx3-ubyte.gz"));
        images.Shape.ShouldBe(new Shape(10_000, 28, 28));
        using ArrayReader labels = IdxFile.Open(TestData.PathOf("datasets/mnist/t10k-labels-idx1-ubyte.gz"));
        byte[] all = labels.ReadAll().ToArray<byte>();
        all[..5].ShouldBe([7, 2, 1, 0, 4]);
        long sum = 0;
        foreach (byte pixel in images.ReadAll().AsSpan<byte>())
            sum += pixel;
        // The mean pixel of the test images, as published: 0.1325 of 255.
        (sum / 7_840_000.0 / 255).ShouldBe(0.1325, 0.0001);
    }
}
