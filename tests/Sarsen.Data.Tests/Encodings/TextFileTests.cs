using System.Text;
using Sarsen.Data.BadRows;
using Sarsen.Data.Encodings;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Tests.Sources;

namespace Sarsen.Data.Tests.Encodings;

public sealed class TextFileTests : IDisposable
{
    private const string Sample = "name,n\n石圈 ä,1\n𝄞 \"x,2\n";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Table Read(byte[] bytes, TextEncoding encoding = TextEncoding.Auto) =>
        Table.Of(new CsvSource { Path = [_folder.Write("a.csv", bytes)], Encoding = encoding, Quote = "" });

    public static TheoryData<string, bool, TextEncoding> Files => new()
    {
        { "utf-8", false, TextEncoding.Auto },
        { "utf-8", true, TextEncoding.Auto },
        { "utf-8", true, TextEncoding.Utf8 },
        { "utf-16", true, TextEncoding.Auto },
        { "utf-16", false, TextEncoding.Utf16LittleEndian },
        { "utf-16BE", true, TextEncoding.Auto },
        { "utf-16BE", false, TextEncoding.Utf16BigEndian },
        { "gb18030", false, TextEncoding.Gb18030 },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_encoding_is_read(string name, bool mark, TextEncoding encoding)
    {
        Encoding writer = name is "gb18030" ? CodePagesEncodingProvider.Instance.GetEncoding(name)! : Encoding.GetEncoding(name);
        byte[] bytes = [.. mark ? writer.GetPreamble() : [], .. writer.GetBytes(Sample)];
        Read(bytes, encoding).All.ShouldBe("石圈 ä,1 | 𝄞 \"x,2");
        Read(TempFolder.Gzip(bytes), encoding).All.ShouldBe("石圈 ä,1 | 𝄞 \"x,2");
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Plain_utf_16_without_a_mark_is_known(string name) =>
        Read(Encoding.GetEncoding(name).GetBytes("name,n\nx,1\n")).All.ShouldBe("x,1");

    // The bytes of 「中文」 as python3 -c "print('中文'.encode('gb18030'))" gives them.
    [Fact]
    public void Gb18030_is_what_others_write() =>
        Read([.. "a,b\n"u8, 0xD6, 0xD0, 0xCE, 0xC4, .. ",1\n"u8], TextEncoding.Gb18030).All.ShouldBe("中文,1");

    public static TheoryData<TextEncoding, byte[]> Broken => new()
    {
        { TextEncoding.Auto, [.. "a,b\nx,1\n"u8, 0xE7, 0x9F, .. ",2\n"u8] },
        { TextEncoding.Gb18030, [.. "a,b\nx,1\n"u8, 0xFF, 0xFF, .. ",2\n"u8] },
        { TextEncoding.Utf16LittleEndian, [.. Encoding.Unicode.GetBytes("a,b\nx,1\n"), 0x00, 0xD8, .. Encoding.Unicode.GetBytes(",2\n")] },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Bytes_that_are_no_characters_keep_their_line(TextEncoding encoding, byte[] bytes)
    {
        BadRow row = Should.Throw<BadRowException>(() => Read(bytes, encoding)).Row;
        (row.Line, row.Column, row.Field).ShouldBe((3, 1, "a"));
    }

    [Fact]
    public void Long_text_crosses_buffers_in_every_encoding()
    {
        var text = new StringBuilder("t,n\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(i % 3 == 0 ? "石圈" : i % 3 == 1 ? "𝄞x" : "ab").Append(',').Append(i).Append('\n');
        IReadOnlyList<IReadOnlyList<string>> expected = Read(Encoding.UTF8.GetBytes(text.ToString())).Rows;
        expected.Count.ShouldBe(20_000);
        Read(Encoding.BigEndianUnicode.GetBytes("\uFEFF" + text)).Rows.ShouldBe(expected);
        Read(CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!.GetBytes(text.ToString()), TextEncoding.Gb18030).Rows.ShouldBe(expected);
    }

    [Fact]
    public void Several_gzip_members_are_one_file() =>
        Read([.. TempFolder.Gzip("a\n1\n"u8.ToArray()), .. TempFolder.Gzip("2\n"u8.ToArray())]).All.ShouldBe("1 | 2");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Damaged_gzip_is_answered(bool cut)
    {
        byte[] packed = TempFolder.Gzip(Encoding.UTF8.GetBytes("a\n" + string.Concat(Enumerable.Range(0, 9000).Select(i => $"{i * 7919 % 10007}\n"))));
        if (cut)
            packed = packed[..(packed.Length / 2)];
        else
            packed[packed.Length / 2] ^= 0x55;
        Should.Throw<DataException>(() => Read(packed)).Message.ShouldContain("damaged or cut short");
    }
}
