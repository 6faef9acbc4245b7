using System.IO.Compression;

namespace Sarsen.Formats;

/// <summary>
/// The contents of a file, unpacked when its first bytes are those of gzip, read forward with the place known for errors.
/// What ends too early or is damaged is a <see cref="ModelFormatException"/>.
/// </summary>
internal sealed class UnpackedStream : IDisposable
{
    // Deflate spends at least two bits on a copy of at most 258 bytes.
    private const int MostExpansion = 1032;

    private Stream _stream;
    private bool _seekable;

    private UnpackedStream(Stream stream, string name, bool packed, long mostBytes) =>
        (_stream, Name, _seekable, MostBytes) = (stream, name, !packed, mostBytes);

    public string Name { get; }

    public long Position { get; private set; }

    /// <summary>Is it read through gzip, so that its length is not known before its end.</summary>
    public bool IsPacked => !_seekable;

    /// <summary>The length, or where it is packed the most that it can be.</summary>
    public long MostBytes { get; }

    /// <param name="stream">Seekable, at the beginning of the contents; closed with this.</param>
    /// <param name="name">For errors.</param>
    public static UnpackedStream Open(Stream stream, string name)
    {
        if (!stream.CanSeek)
            throw new ArgumentException("the stream must be seekable: copy it to a file or to memory first", nameof(stream));
        long begin = stream.Position, bytes = stream.Length - begin;
        Span<byte> magic = stackalloc byte[2];
        bool packed = stream.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1F, 0x8B];
        stream.Position = begin;
        return packed
            ? new UnpackedStream(new GZipStream(stream, CompressionMode.Decompress), name, true, bytes > long.MaxValue / MostExpansion ? long.MaxValue : bytes * MostExpansion)
            : new UnpackedStream(begin == 0 ? stream : throw new ArgumentException("the stream must be at its beginning", nameof(stream)), name, false, bytes);
    }

    /// <param name="into">Filled whole.</param>
    /// <param name="what">Which part of the format it is, for the error.</param>
    public void ReadExactly(Span<byte> into, string what)
    {
        int read = ReadUpTo(into);
        if (read < into.Length)
            throw Fail($"the file ends within {what}: {into.Length - read} more bytes were expected");
    }

    /// <exception cref="ModelFormatException">There is more.</exception>
    public void ExpectEnd()
    {
        Span<byte> one = stackalloc byte[1];
        if (ReadUpTo(one) > 0)
            throw Fail("more bytes follow the array: a file holds one array, and its header says how large it is");
    }

    /// <summary>Goes to a place; only where it is not packed.</summary>
    public void Seek(long position)
    {
        _stream.Position = position;
        Position = position;
    }

    /// <summary>Unpacks the whole into memory, which grows with what is there and not with what a header claims.</summary>
    /// <param name="bytes">The length that the contents must have.</param>
    public void UnpackToMemory(long bytes)
    {
        if (bytes > Array.MaxLength)
            throw Fail($"{bytes} bytes of a packed array in column order do not fit one block of memory: unpack the file with gunzip first");
        var memory = new MemoryStream();
        memory.SetLength(Position);
        memory.Position = Position;
        long begin = Position;
        var buffer = new byte[1 << 16];
        for (int read = 1; read > 0 && memory.Length <= bytes; memory.Write(buffer, 0, read))
            read = ReadUpTo(buffer);
        if (memory.Length != bytes)
            throw Fail($"the file has {(memory.Length < bytes ? $"{memory.Length}" : "more")} bytes where its header says {bytes}");
        _stream.Dispose();
        (_stream, _seekable) = (memory, true);
        Seek(begin);
    }

    public ModelFormatException Fail(string message, Exception? inner = null) => new(Name, Position, message, inner);

    public void Dispose() => _stream.Dispose();

    private int ReadUpTo(Span<byte> into)
    {
        try
        {
            int read = _stream.ReadAtLeast(into, into.Length, throwOnEndOfStream: false);
            Position += read;
            return read;
        }
        catch (InvalidDataException e)
        {
            throw Fail($"the gzip data is damaged: {e.Message}", e);
        }
    }
}
