namespace Sarsen.Data.Encodings;

/// <summary>
/// Opens a text file as a stream of UTF-8 without a byte order mark. gzip is known by its first bytes, whatever the
/// file is called. Bytes that are no character stay invalid UTF-8 (see <see cref="Utf8Transcoder"/>).
/// </summary>
internal static class TextFile
{
    private const int HeadLength = 4096;

    private static readonly (byte[] Magic, string Name)[] Strangers =
    [
        ("PK\u0003\u0004"u8.ToArray(), "a ZIP archive (an Excel sheet is one); unpack it, or save the sheet as CSV"),
        ("PAR1"u8.ToArray(), "a Parquet file; export it as CSV or JSON Lines"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Excel or Word file; save it as CSV"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with Zstandard; unpack it, or compress it with gzip"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed with xz; unpack it, or compress it with gzip"),
        ([0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "compressed with bzip2; unpack it, or compress it with gzip"),
    ];

    /// <exception cref="DataException">The file cannot be opened, is empty, or is another kind of file.</exception>
    public static Stream Open(string path, TextEncoding encoding)
    {
        PeekStream head = Bytes(path);
        try
        {
            if (head.Head.IsEmpty)
                throw new DataException($"{path} is empty: rows were expected; take it out of the list, or write the file again");
            foreach ((byte[] magic, string name) in Strangers)
            {
                if (head.Head.StartsWith(magic))
                    throw new DataException($"{path} is no text: it is {name}");
            }
            if (encoding is TextEncoding.Auto)
                encoding = Detect(head.Head);
            head.Skip(Mark(head.Head, encoding));
            return encoding is TextEncoding.Utf8 ? head : new Utf8Transcoder(head, encoding);
        }
        catch
        {
            head.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a file, unpacked where it is gzip.</summary>
    private static PeekStream Bytes(string path)
    {
        PeekStream? file = null;
        try
        {
            file = new PeekStream(new FileStream(path, new FileStreamOptions
            {
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
                Share = FileShare.Read | FileShare.Delete,
            }), HeadLength);
            return file.Head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])
                ? new PeekStream(new GzipReader(file), HeadLength)
                : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            file?.Dispose();
            throw Unreadable(path, e);
        }
    }

    /// <summary>What to throw when reading on fails.</summary>
    public static DataException Unreadable(string path, Exception e) => new(e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: there is no such file",
        InvalidDataException => $"{path} is gzip, but damaged or cut short ({e.Message.TrimEnd('.')}); check it with gzip -t and copy it again",
        _ => $"{path} cannot be read: {e.Message}",
    }, e);

    // ASCII in UTF-16 has a zero in every other byte; a text in UTF-8 or GB18030 has none at all.
    private static TextEncoding Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return TextEncoding.Utf16LittleEndian;
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return TextEncoding.Utf16BigEndian;
        if (head.Length < 4 || head.StartsWith("\uFEFF"u8))
            return TextEncoding.Utf8;
        int zeroEven = 0, zeroOdd = 0, pairs = Math.Min(head.Length, 256) / 2;
        for (int i = 0; i < pairs; i++)
        {
            zeroEven += head[2 * i] == 0 ? 1 : 0;
            zeroOdd += head[2 * i + 1] == 0 ? 1 : 0;
        }
        if (zeroOdd == pairs && zeroEven == 0)
            return TextEncoding.Utf16LittleEndian;
        return zeroEven == pairs && zeroOdd == 0 ? TextEncoding.Utf16BigEndian : TextEncoding.Utf8;
    }

    private static int Mark(ReadOnlySpan<byte> head, TextEncoding encoding) => encoding switch
    {
        TextEncoding.Utf8 when head.StartsWith("\uFEFF"u8) => 3,
        TextEncoding.Utf16LittleEndian when head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) => 2,
        TextEncoding.Utf16BigEndian when head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) => 2,
        TextEncoding.Gb18030 when head.StartsWith((ReadOnlySpan<byte>)[0x84, 0x31, 0x95, 0x33]) => 4,
        _ => 0,
    };
}
