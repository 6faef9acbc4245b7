using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Sarsen.Formats.Pictures;
using Sarsen.Formats.Pictures.Jpeg;
using Sarsen.Formats.Pictures.Png;

namespace Sarsen.Formats.Tests.Pictures;

public sealed class PictureReaderTests
{
    public static TheoryData<string> Pngs => [.. PictureGolden.Png.Select(g => g.Name)];

    private static readonly byte[] s_header = Header(1, 1, 8, 0);

    private static readonly byte[] s_pixel = Zlib([0, 7]);

    private static byte[] Header(int width, int height, byte depth, byte colour, byte interlace = 0)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9], header[12]) = (depth, colour, interlace);
        return header;
    }

    private static byte[] Zlib(byte[] raw)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(raw);
        return packed.ToArray();
    }

    // The checksum is the definition's, bit by bit, and not the one that is tested.
    private static byte[] Chunk(string type, byte[] contents)
    {
        byte[] summed = [.. Encoding.Latin1.GetBytes(type), .. contents];
        uint crc = uint.MaxValue;
        foreach (byte b in summed)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        var number = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(number, contents.Length);
        BinaryPrimitives.WriteUInt32BigEndian(number.AsSpan(4), ~crc);
        return [.. number[..4], .. summed, .. number[4..]];
    }

    private static byte[] Png(params (string Type, byte[] Contents)[] chunks) =>
        [0x89, .. "PNG\r\n\x1A\n"u8, .. chunks.SelectMany(c => Chunk(c.Type, c.Contents)), .. Chunk("IEND", [])];

    private static void Refused(byte[] file, string reason, PictureOptions? options = null)
    {
        var refusal = Should.Throw<ModelFormatException>(() => PictureReader.Read(file, "a.png", options));
        refusal.Message.ShouldContain(reason);
        refusal.File.ShouldBe("a.png");
    }

    private static void Check(PictureGolden golden, Picture picture, int tolerance = 0)
    {
        picture.Width.ShouldBe(golden.Width);
        picture.Height.ShouldBe(golden.Height);
        picture.Channels.ShouldBe(golden.Channels);
        byte[] expected = Convert.FromBase64String(golden.Pixels);
        picture.Pixels.Length.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
            Math.Abs(picture.Pixels[i] - expected[i]).ShouldBeLessThanOrEqualTo(tolerance, $"{golden.Name}, byte {i}");
    }

    [Theory]
    [MemberData(nameof(Pngs))]
    public void Png_of_every_kind_is_read(string name)
    {
        PictureGolden golden = PictureGolden.Png.Single(g => g.Name == name);
        Check(golden, PictureReader.Read(Convert.FromBase64String(golden.File), name));
    }

    [JpegFact]
    public void Jpeg_is_read()
    {
        foreach (PictureGolden golden in PictureGolden.Jpeg)
        {
            // Versions of the library may round the last bit in another way.
            Check(golden, PictureReader.Read(Convert.FromBase64String(golden.File), golden.Name), tolerance: 1);
        }
    }

    [Theory]
    [InlineData("RGB to grey", 1, AlphaPolicy.Refuse)]
    [InlineData("RGB to RGBA", 4, AlphaPolicy.Refuse)]
    [InlineData("grey to RGB", 3, AlphaPolicy.Refuse)]
    [InlineData("RGBA dropped", 3, AlphaPolicy.Drop)]
    [InlineData("RGBA over 200", 3, AlphaPolicy.Composite)]
    public void Channels_are_converted_as_asked(string name, int channels, AlphaPolicy alpha)
    {
        PictureGolden golden = PictureGolden.Conversions.Single(g => g.Name == name);
        var options = new PictureOptions { Channels = channels, Alpha = alpha, Background = 200 };
        Check(golden, PictureReader.Read(Convert.FromBase64String(golden.File), name, options));
    }

    [Fact]
    public void Transparency_is_not_lost_in_silence()
    {
        byte[] clear = Png(("IHDR", Header(2, 1, 8, 6)), ("IDAT", Zlib([0, 1, 2, 3, 255, 4, 5, 6, 254])));
        Refused(clear, "transparent pixels, the first at (1, 0)", new PictureOptions { Channels = 3 });
        byte[] opaque = Png(("IHDR", Header(2, 1, 8, 6)), ("IDAT", Zlib([0, 1, 2, 3, 255, 4, 5, 6, 255])));
        PictureReader.Read(opaque, "a.png", new PictureOptions { Channels = 3 }).Pixels.ShouldBe(new byte[] { 1, 2, 3, 4, 5, 6 });
    }

    [Fact]
    public void Absurd_sizes_are_refused_before_memory_is_taken()
    {
        byte[] absurd = Png(("IHDR", Header(int.MaxValue, int.MaxValue, 16, 6)), ("IDAT", s_pixel));
        var refusal = Should.Throw<PictureSizeException>(() => PictureReader.Read(absurd, "a.png"));
        (refusal.Width, refusal.Height).ShouldBe((int.MaxValue, int.MaxValue));
        refusal.Message.ShouldContain("2147483647 x 2147483647 pixels");
        Should.Throw<PictureSizeException>(() => PictureReader.Read(Png(("IHDR", Header(20, 20, 8, 0)), ("IDAT", s_pixel)), "a.png", new PictureOptions { MaxPixels = 399 }));
        Should.Throw<PictureSizeException>(() => PictureReader.Read(Png(("IHDR", Header(20, 1, 8, 0)), ("IDAT", s_pixel)), "a.png", new PictureOptions { MaxSide = 19 }));
        Refused(Png(("IHDR", Header(8000, 8000, 8, 0)), ("IDAT", s_pixel)), "cannot be packed in the");
        Refused(Png(("IHDR", Header(0, 1, 8, 0)), ("IDAT", s_pixel)), "the picture is 0 x 1 pixels");
        Refused(Png(("IHDR", Header(-1, 1, 8, 0)), ("IDAT", s_pixel)), "the picture is 4294967295 x 1 pixels");
    }

    [JpegFact]
    public void Absurd_sizes_of_jpeg_are_refused()
    {
        byte[] file = Convert.FromBase64String(PictureGolden.Jpeg[0].File);
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        // 60,138 lines of 60,138 pixels.
        file.AsSpan(frame + 5, 4).Fill(0xEA);
        Should.Throw<PictureSizeException>(() => PictureReader.Read(file, "a.jpg")).Width.ShouldBe(0xEAEA);
    }

    [JpegFact]
    public void A_damaged_jpeg_is_refused()
    {
        byte[] file = Convert.FromBase64String(PictureGolden.Jpeg[1].File);
        Should.Throw<ModelFormatException>(() => PictureReader.Read(file.AsMemory(0, file.Length / 2), "a.jpg")).Message.ShouldContain("damaged");
        Should.Throw<ModelFormatException>(() => PictureReader.Read(file.AsMemory(0, 30), "a.jpg"));
        Should.Throw<ModelFormatException>(() => PictureReader.Read(Convert.FromBase64String(PictureGolden.CmykJpeg), "a.jpg")).Message.ShouldContain("CMYK");
    }

    [Fact]
    public void A_missing_library_is_named()
    {
        TurboJpeg.TryLoad(["libnothing-of-this-name.so"]).ShouldBeNull();
        TurboJpeg.Missing(["libnothing-of-this-name.so"]).Message.ShouldContain("tried libnothing-of-this-name.so): install it (Debian and Ubuntu: libturbojpeg0");
    }

    [Fact]
    public void A_png_that_breaks_a_rule_is_refused()
    {
        byte[] sound = Png(("IHDR", s_header), ("IDAT", s_pixel));
        PictureReader.Read(sound, "a.png").Pixels.ShouldBe(new byte[] { 7 });
        Refused(sound[..^1], "ends before the IEND");
        Refused(sound[..^12], "ends before the IEND");
        Refused([.. sound[..4], .. sound[5..]], "not PNG's signature");
        byte[] flipped = [.. sound];
        flipped[20] ^= 1;
        Refused(flipped, "checksum of the chunk IHDR is wrong");
        Refused(Png(("IDAT", s_pixel)), "the first chunk must be IHDR, it is IDAT");
        Refused(Png(("IHDR", s_header)), "no IDAT");
        Refused(Png(("IHDR", s_header), ("IHDR", s_header), ("IDAT", s_pixel)), "IHDR is there twice");
        Refused(Png(("IHDR", s_header[..12]), ("IDAT", s_pixel)), "IHDR has 12 bytes");
        Refused(Png(("IHDR", Header(1, 1, 3, 0)), ("IDAT", s_pixel)), "colour type 0 with 3 bits");
        Refused(Png(("IHDR", Header(1, 1, 8, 5)), ("IDAT", s_pixel)), "colour type 5 with 8 bits");
        Refused(Png(("IHDR", Header(1, 1, 8, 0, interlace: 2)), ("IDAT", s_pixel)), "interlace 2");
        Refused(Png(("IHDR", s_header), ("ABCD", []), ("IDAT", s_pixel)), "critical chunk ABCD is unknown");
        Refused(Png(("IHDR", s_header), ("A\nCD", []), ("IDAT", s_pixel)), "critical chunk 0x410A4344 is unknown");
        Refused(Png(("IHDR", s_header), ("IDAT", s_pixel), ("tEXt", []), ("IDAT", [])), "do not follow one another");
    }

    [Fact]
    public void A_png_with_unsound_colours_is_refused()
    {
        byte[] palette = Header(1, 1, 8, 3);
        Refused(Png(("IHDR", palette), ("IDAT", s_pixel)), "no PLTE");
        Refused(Png(("IHDR", palette), ("PLTE", [1, 2]), ("IDAT", s_pixel)), "PLTE has 2 bytes");
        Refused(Png(("IHDR", palette), ("PLTE", [1, 2, 3]), ("IDAT", s_pixel)), "not among the 1 of the palette");
        Refused(Png(("IHDR", palette), ("PLTE", [1, 2, 3]), ("PLTE", [1, 2, 3]), ("IDAT", s_pixel)), "PLTE is there twice");
        Refused(Png(("IHDR", s_header), ("PLTE", [1, 2, 3]), ("IDAT", s_pixel)), "grey picture has a PLTE");
        Refused(Png(("IHDR", palette), ("PLTE", [1, 2, 3]), ("tRNS", [1, 2]), ("IDAT", s_pixel)), "tRNS with 2 bytes does not fit");
        Refused(Png(("IHDR", s_header), ("tRNS", [0, 1]), ("tRNS", [0, 1]), ("IDAT", s_pixel)), "tRNS is there twice");
        Refused(Png(("IHDR", Header(1, 1, 8, 4)), ("tRNS", [0, 1]), ("IDAT", s_pixel)), "does not fit a picture of GreyAlpha");
    }

    [Fact]
    public void A_png_with_unsound_pixels_is_refused()
    {
        Refused(Png(("IHDR", s_header), ("IDAT", Zlib([0]))), "ends before the last row");
        Refused(Png(("IHDR", s_header), ("IDAT", Zlib([5, 7]))), "row filter 5");
        Refused(Png(("IHDR", s_header), ("IDAT", Zlib([0, 7, 7]))), "more data than the picture");
        Refused(Png(("IHDR", s_header), ("IDAT", [1, 2, 3, 4])), "packed pixels are damaged");
        byte[] sum = [.. s_pixel];
        sum[^1] ^= 1;
        Refused(Png(("IHDR", s_header), ("IDAT", sum)), "packed pixels are damaged");
        Refused(Png(("IHDR", s_header), ("IDAT", s_pixel[..3])), "ends before the last row");
    }

    [Fact]
    public void Other_files_are_refused()
    {
        Refused([], "neither PNG nor JPEG");
        Refused("GIF89a"u8.ToArray(), "neither PNG nor JPEG");
        Should.Throw<ModelFormatException>(() => PictureReader.Read(new MemoryStream(new byte[100]), "a", new PictureOptions { MaxFileBytes = 99 })).Message.ShouldContain("longer than the 99 bytes");
        Should.Throw<ArgumentOutOfRangeException>(() => PictureReader.Read(Array.Empty<byte>(), "a", new PictureOptions { Channels = 2 }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_written_as_png_is_read(int channels)
    {
        using var folder = new TemporaryFolder();
        var pixels = new byte[31 * 17 * channels];
        new Random(1).NextBytes(pixels);
        PngWriter.Write(folder.File("a.png"), new Picture(31, 17, channels, pixels));
        Picture read = PictureReader.Read(folder.File("a.png"));
        (read.Width, read.Height, read.Channels).ShouldBe((31, 17, channels));
        read.Pixels.ShouldBe(pixels);
    }

    [Fact]
    public void A_picture_has_as_many_bytes_as_its_sizes_say()
    {
        Should.Throw<ArgumentException>(() => new Picture(2, 2, 3, new byte[11])).Message.ShouldContain("has 12 bytes, 11 were given");
        Should.Throw<ArgumentOutOfRangeException>(() => new Picture(2, 2, 2, new byte[8]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Picture(0, 2, 1, []));
    }
}
