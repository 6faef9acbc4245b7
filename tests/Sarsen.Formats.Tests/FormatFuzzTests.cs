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

    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(5);

    private static readonly PictureOptions s_limits = new() { MaxPixels = 1 << 16 };

    [Fact]
    public void A_few_damaged_files_are_answered()
    {
        Safetensors(Few);
        Npy(Few);
        Idx(Few);
        Png(Few);
    }

    [JpegFact]
    public void A_few_damaged_jpegs_are_answered() => Jpeg(Few);

    [SlowFact]
    public void Damaged_safetensors_are_answered() => Safetensors(Many);

    [SlowFact]
    public void Damaged_npy_files_are_answered() => Npy(Many);

    [SlowFact]
    public void Damaged_idx_files_are_answered() => Idx(Many);

    [SlowFact]
    public void Damaged_pngs_are_answered() => Png(Many);

    [SlowJpegFact]
    public void Damaged_jpegs_are_answered() => Jpeg(Many);

    private static void Safetensors(int count)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.safetensors");
        Run(count, new Mutator(1, SafetensorsSamples()), bytes =>
        {
            // Never cut to nothing: some file systems flush a file that is emptied and written again.
            using (FileStream stream = File.OpenWrite(path))
            {
                stream.Write(bytes);
                stream.SetLength(bytes.Length);
            }
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (SafetensorsEntry entry in file.Entries.Where(e => e.DType is not null))
                file.Read(entry.Name, entry.DType!.Value.IsFloat() ? DType.F32 : null);
        });
    }

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

    private static void Run(int count, Mutator mutator, Action<byte[]> read)
    {
        int succeeded = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = mutator.Next();
            long before = GC.GetAllocatedBytesForCurrentThread(), began = Stopwatch.GetTimestamp();
            try
            {
                read(bytes);
                succeeded++;
            }
            catch (ModelFormatException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"input {i} of {bytes.Length} bytes ended in {e}: {Convert.ToBase64String(bytes)}");
            }
            TimeSpan time = Stopwatch.GetElapsedTime(began);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (time > s_maxTime || allocated > MaxBytes)
                Assert.Fail($"input {i} of {bytes.Length} bytes took {time} and {allocated} bytes: {Convert.ToBase64String(bytes)}");
        }
        // Mutations that break everything would test the first check only.
        succeeded.ShouldBeInRange(count / 200, count * 9 / 10);
    }

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

    private static byte[][] SafetensorsSamples()
    {
        var samples = new List<byte[]>();
        foreach (DType[] types in new[] { [DType.F32], [DType.F16, DType.BF16, DType.F64], [DType.Bool, DType.I8, DType.I64], Enum.GetValues<DType>() })
        {
            using var written = new MemoryStream();
            SafetensorsWriter.Write(written, types.Select((t, i) => ($"layer.{i}.weight", Tensor.Empty(t, new Shape(i + 1, 3)))),
                types.Length > 1 ? new Dictionary<string, string> { ["format"] = "pt", ["zwölf"] = "12" } : null);
            samples.Add(written.ToArray());
        }
        return [.. samples];
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SlowJpegFactAttribute : FactAttribute
    {
        public SlowJpegFactAttribute() => Skip = new SlowFactAttribute().Skip ?? new JpegFactAttribute().Skip;
    }
}
