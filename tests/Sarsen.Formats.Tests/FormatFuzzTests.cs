using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using Sarsen.Formats.Pictures;
using Sarsen.Formats.Pictures.Png;
using Sarsen.Formats.Tests.Pictures;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

/// <summary>Damaged files end in success or in <see cref="ModelFormatException"/>, in little time and memory.</summary>
public sealed class FormatFuzzTests
{
    private const int Few = 500, Many = 100_000;

    // The samples are below 3 kB; gzip and zlib can unpack a thousand times that, and a picture may have 64 Ki pixels.
    private const long MaxBytes = 32 << 20;

    private static readonly PictureOptions s_limits = new() { MaxPixels = 1 << 16 };

    [Fact]
    public void A_few_damaged_files_are_answered()
    {
        Npy(Few);
        Idx(Few);
        Png(Few);
    }

    [JpegFact]
    public void A_few_damaged_jpegs_are_answered() => Jpeg(Few);

    [SlowFact]
    public void Damaged_npy_files_are_answered() => Npy(Many);

    [SlowFact]
    public void Damaged_idx_files_are_answered() => Idx(Many);

    [SlowFact]
    public void Damaged_pngs_are_answered() => Png(Many);

    [SlowJpegFact]
    public void Damaged_jpegs_are_answered() => Jpeg(Many);

    private static void Npy(int count)
    {
        byte[][] samples = [.. ArrayGolden.Npy.Select(g => Convert.FromBase64String(g.File)), .. TextGolden.All.Select(g => Convert.FromBase64String(g.File))];
        var mutator = new Mutator(2, samples);
        Run(count, mutator, bytes => ReadArray(mutator, NpyFile.Open(new MemoryStream(MaybePacked(mutator, bytes)), "a.npy")));
    }

    private static void Idx(int count)
    {
        var mutator = new Mutator(3, [.. ArrayGolden.Idx.Select(g => Convert.FromBase64String(g.File))]);
        Run(count, mutator, bytes => ReadArray(mutator, IdxFile.Open(new MemoryStream(MaybePacked(mutator, bytes)), "a.idx")));
    }

    private static void Png(int count)
    {
        var mutator = new Mutator(4, [.. PictureGolden.Png.Select(g => Convert.FromBase64String(g.File))]);
        Run(count, mutator, bytes =>
        {
            if (mutator.Next(4) > 0)
                RepairChecksums(bytes);
            PictureReader.Read(bytes, "a.png", s_limits);
        });
    }

    private static void Jpeg(int count) =>
        Run(count, new Mutator(5, [.. PictureGolden.Jpeg.Select(g => Convert.FromBase64String(g.File)), Convert.FromBase64String(PictureGolden.CmykJpeg)]),
            bytes => PictureReader.Read(bytes, "a.jpg", s_limits));

    private static void Run(int count, Mutator mutator, Action<byte[]> read) => Fuzz.Run(count, mutator, read, _ => MaxBytes);

    private static void ReadArray(Mutator mutator, ArrayReader reader)
    {
        using (reader)
        {
            if (reader.IsText)
            {
                // A row of no elements takes no bytes, so that there may be any number of them.
                reader.ReadText((int)Math.Min(reader.Rows, 1000));
                return;
            }
            if (mutator.Next(2) == 0)
            {
                reader.ReadAll();
                return;
            }
            var rows = new byte[Math.Min(1 << 22, reader.RowBytes * 2)];
            for (int i = 0; i < 1000 && reader.RowBytes <= rows.Length && reader.ReadRows(rows) > 0; i++)
            {
            }
        }
    }

    private static byte[] MaybePacked(Mutator mutator, byte[] bytes)
    {
        if (mutator.Next(3) > 0)
            return bytes;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    // So that damage gets behind the checksums.
    private static void RepairChecksums(byte[] png)
    {
        for (int at = 8; at + 12 <= png.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(at + 8 + (int)length), Crc32.Append(0, png.AsSpan(at + 4, 4 + (int)length)));
            at += 12 + (int)length;
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SlowJpegFactAttribute : FactAttribute
    {
        public SlowJpegFactAttribute() => Skip = new SlowFactAttribute().Skip ?? new JpegFactAttribute().Skip;
    }
}
