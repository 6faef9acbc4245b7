using System.Text;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Arrays;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Statistics;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Sources;

/// <summary>Broken files end in a <see cref="DataException"/> or in rows, never in anything else.</summary>
public sealed class SourceFuzzTests : IDisposable
{
    private static readonly byte[][] Csv =
    [
        "a,b,c,d\n1,x,2024-01-01,true\n2.5,\"y \"\"z\"\"\",2024-01-02T10:00:00Z,false\nNA,\"line\nbreak\",,TRUE\n-3e5,é,1999-12-31 23:59,false\n"u8.ToArray(),
        "\uFEFFid;v\r\n1;-1,5\r\n2;inf\r\n"u8.ToArray(),
        [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,b\n1,x\n2,𝄞\n")],
    ];

    private static readonly byte[][] Json =
    [
        "{\"a\":1,\"b\":\"x\",\"v\":[[1,2],[3,4]]}\n{\"a\":2.5,\"b\":\"\\u00e9\\ud834\\udd1e\",\"v\":[[1,2],[3,5e1]]}\n{\"a\":null,\"b\":{\"c\":[true]}}\n"u8.ToArray(),
        "{\"t\":\"2024-01-01\",\"x\":true}\r\n\r\n{\"t\":\"2024-01-02\",\"x\":false}\r\n"u8.ToArray(),
    ];

    private static readonly byte[][] Arrays =
    [
        [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8],
        [0, 0, 14, 1, 0, 0, 0, 2, 64, 8, 0, 0, 0, 0, 0, 0, 127, 240, 0, 0, 0, 0, 0, 0],
        [0x93, .. "NUMPY\u0001\0"u8, 60, 0, .. "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n"u8, .. new byte[8], 0, 0, 128, 127, 0, 0, 192, 127],
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hundreds_of_broken_files_have_typed_answers() => Run(300);

    [SlowFact]
    public void A_hundred_thousand_broken_files_have_typed_answers() => Run(100_000);

    private void Run(int count)
    {
        int read = 0, refused = 0;
        for (int i = 0; i < count; i++)
        {
            var random = new Random(i);
            bool json = i % 3 == 0, array = i % 7 == 0;
            byte[][] seeds = array ? Arrays : json ? Json : Csv;
            byte[] bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            if (i % 20 == 0)
                bytes = Mutate(TempFolder.Gzip(bytes), random);
            string path = _folder.Write("f", bytes);
            try
            {
                DataSource source = array ? Array(path, random) : Source(json, i % 17 == 0, path, random);
                DataStatistics.Of(source.Open(new SourceContext { QuarantinePath = _folder.PathOf("q") })).ToJson();
                read++;
            }
            catch (DataException e)
            {
                e.Message.ShouldContain(path);
                refused++;
            }
            catch (Exception e) when (e is not ShouldAssertException)
            {
                throw new InvalidOperationException($"input {i} ended in {e.GetType().Name}: {Convert.ToHexString(bytes)}", e);
            }
        }
        read.ShouldBeGreaterThan(count / 10);
        refused.ShouldBeGreaterThan(count / 10);
    }

    private static ArrayFileSource Array(string path, Random random)
    {
        var policy = (OnBadRow)random.Next(3);
        var nonFinite = (NonFinite)random.Next(3);
        return random.Next(2) == 0
            ? new IdxSource { Images = path, OnBadRow = policy, NonFinite = nonFinite }
            : new NpySource { Features = path, OnBadRow = policy, NonFinite = nonFinite };
    }

    private static DataSource Source(bool json, bool text, string path, Random random)
    {
        var policy = (OnBadRow)random.Next(3);
        var encoding = (TextEncoding)(random.Next(4) == 0 ? random.Next(5) : 0);
        if (text)
            return new TextSource { Path = [path], OnBadRow = policy, Encoding = encoding, Unit = (TextUnit)random.Next(2), FolderLabel = true };
        if (json)
            return new JsonLinesSource { Path = [path], OnBadRow = policy, Encoding = encoding, SampleRows = random.Next(1, 4) };
        return new CsvSource
        {
            Path = [path],
            OnBadRow = policy,
            Encoding = encoding,
            SampleRows = random.Next(1, 4),
            Header = random.Next(4) > 0,
            Separator = random.Next(3) == 0 ? ";" : ",",
            Quote = random.Next(5) == 0 ? "" : "\"",
            Comment = random.Next(5) == 0 ? "-" : "",
        };
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        ReadOnlySpan<byte> telling = "\",;\n\r{}[]\\:-0.e \0u"u8;
        for (int n = random.Next(1, 6); n > 0 && bytes.Count > 0; n--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = telling[random.Next(telling.Length)]; break;
                case 2: bytes.Insert(at, telling[random.Next(telling.Length)]); break;
                case 3: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 8))); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2 + 1), bytes.Count / 3)); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }
}
