using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Pictures;
using Sarsen.Data.Tables;
using Sarsen.Formats.Pictures;
using Sarsen.Formats.Pictures.Png;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests.Sources.Pictures;

public sealed class ImageFolderSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Png(string name, int width, int height, int channels, params byte[] pixels)
    {
        var stream = new MemoryStream();
        PngWriter.Write(stream, new Picture(width, height, channels, pixels));
        return _folder.Write(name, stream.ToArray());
    }

    private ImageFolderSource Source => new() { Path = _folder.Root };

    [Fact]
    public void Classes_are_folders_in_order()
    {
        Png("zebra/2.png", 2, 1, 3, 1, 2, 3, 4, 5, 6);
        Png("zebra/1.png", 2, 1, 3, 7, 8, 9, 10, 11, 12);
        Png("Ape/deep/3.PNG", 2, 1, 1, 40, 50);
        _folder.Write("zebra/.DS_Store", "x");
        _folder.Write("README", "x");
        Table table = Table.Of(Source);
        table.Source.Schema.Columns.ShouldBe([new ColumnInfo("image", ColumnType.Array, new Shape(3, 1, 2), DType.U8), new ColumnInfo("label", ColumnType.Text)]);
        // Planes: red of both pixels, then green, then blue.
        table.Rows.ShouldBe([["283228322832", "Ape"], ["070A080B090C", "zebra"], ["010402050306", "zebra"]]);
        Source.Files().Count.ShouldBe(3);
    }

    [Fact]
    public void Other_sizes_are_bad_rows_or_scaled()
    {
        Png("a/1.png", 2, 2, 1, 10, 20, 30, 40);
        Png("a/2.png", 1, 1, 1, 77);
        _folder.Write("a/3.txt", "no picture");
        Table table = Table.Of(Source with { Channels = 1, OnBadRow = OnBadRow.Skip });
        table.Rows.ShouldBe([["0A141E28", "a"]]);
        table.Source.BadRows.First[0].ToString().ShouldStartWith($"{_folder.PathOf("a/2.png")}: the picture has 1 rows and 1 columns, the first has 2 and 2; say size: [2, 2]");
        table.Source.BadRows.First[1].Reason.ShouldContain("neither PNG nor JPEG");
        // The mean of the four, and the one pixel.
        Table.Of(Source with { Channels = 1, OnBadRow = OnBadRow.Skip, Size = [1] }).Rows.ShouldBe([["19", "a"], ["4D", "a"]]);
        Should.Throw<BadRowException>(() => Table.Of(Source with { Size = [4, 4] })).Row.File.ShouldBe(_folder.PathOf("a/3.txt"));
    }

    [Fact]
    public void Absurd_sizes_and_empty_folders_are_answered()
    {
        Should.Throw<DataException>(() => Source.Files()).Message.ShouldContain("a folder for each class was expected");
        string path = Png("a/1.png", 1, 1, 1, 1);
        byte[] bytes = File.ReadAllBytes(path);
        // IHDR's width, and its checksum by zlib.crc32.
        byte[] header = [.. "IHDR"u8, 0x7F, 0xFF, 0xFF, 0xFF, .. bytes[20..29]];
        header.CopyTo(bytes, 12);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(29), Crc(header));
        File.WriteAllBytes(path, bytes);
        Should.Throw<DataException>(() => Table.Of(Source)).Message.ShouldContain("2147483647 x 1 pixels");
        Directory.CreateDirectory(_folder.PathOf("b"));
        Should.Throw<DataException>(() => Source.Files()).Message.ShouldContain("holds no pictures");
        Should.Throw<DataException>(() => new ImageFolderSource { Path = path }.Files()).Message.ShouldContain("is a file; a folder was expected");
        Should.Throw<DataException>(() => (Source with { Size = [0] }).Open(new SourceContext())).Message.ShouldContain("size must be");
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
