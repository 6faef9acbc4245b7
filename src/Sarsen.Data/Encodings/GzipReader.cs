using System.IO.Compression;

namespace Sarsen.Data.Encodings;

/// <summary>
/// Unpacks gzip, and finds out where it was cut short: <see cref="GZipStream"/> takes the end of its input for the end
/// of the data, wherever that comes. So one more member is fed to it behind the file's last, and has to come out again
/// as the last bytes: behind a member that is not complete it cannot.
/// </summary>
internal sealed class GzipReader : ForwardStream
{
    private static readonly byte[] Mark = "— end of data —"u8.ToArray();
    private static readonly byte[] PackedMark = Pack(Mark);

    private readonly GZipStream _unpacked;
    private readonly byte[] _held = new byte[64 << 10];
    private int _start, _end;
    private bool _ended;

    /// <param name="packed">Owned: closed with this stream.</param>
    public GzipReader(Stream packed) => _unpacked = new GZipStream(new Followed(packed, PackedMark), CompressionMode.Decompress);

    /// <exception cref="InvalidDataException">The data is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (!_ended && _end - _start <= Mark.Length)
            Fill();
        int count = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : Mark.Length));
        _held.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    // As many bytes as the mark has are held back until the end is known.
    private void Fill()
    {
        _held.AsSpan(_start, _end - _start).CopyTo(_held);
        (_start, _end) = (0, _end - _start);
        int read = _unpacked.ReadAtLeast(_held.AsSpan(_end), Mark.Length + 1, throwOnEndOfStream: false);
        _end += read;
        _ended = read <= Mark.Length;
        if (!_ended)
            return;
        if (!_held.AsSpan(0, _end).EndsWith(Mark))
            throw new InvalidDataException("the end of the packed data is missing, or other bytes follow it");
        _end -= Mark.Length;
    }

    private static byte[] Pack(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _unpacked.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A stream with more bytes behind its own.</summary>
    private sealed class Followed(Stream inner, byte[] tail) : ForwardStream
    {
        private int _tailRead;

        public override int Read(Span<byte> buffer)
        {
            int read = _tailRead == 0 ? inner.Read(buffer) : 0;
            if (read > 0)
                return read;
            read = Math.Min(buffer.Length, tail.Length - _tailRead);
            tail.AsSpan(_tailRead, read).CopyTo(buffer);
            _tailRead += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
