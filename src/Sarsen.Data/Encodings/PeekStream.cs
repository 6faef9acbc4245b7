namespace Sarsen.Data.Encodings;

/// <summary>A stream whose first bytes can be looked at before they are read.</summary>
internal sealed class PeekStream : ForwardStream
{
    private readonly Stream _inner;
    private readonly byte[] _head;
    private int _headStart;
    private readonly int _headEnd;

    /// <param name="inner">Owned: closed with this stream.</param>
    /// <param name="headLength">How many bytes can be looked at.</param>
    public PeekStream(Stream inner, int headLength)
    {
        _inner = inner;
        _head = new byte[headLength];
        _headEnd = inner.ReadAtLeast(_head, headLength, throwOnEndOfStream: false);
    }

    /// <summary>The first bytes that are still to be read: as many as asked for, fewer where the stream is shorter.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(_headStart, _headEnd - _headStart);

    /// <summary>Passes over bytes of the head.</summary>
    public void Skip(int count) => _headStart += count;

    public override int Read(Span<byte> buffer)
    {
        if (_headStart == _headEnd)
            return _inner.Read(buffer);
        int count = Math.Min(buffer.Length, _headEnd - _headStart);
        _head.AsSpan(_headStart, count).CopyTo(buffer);
        _headStart += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inner.Dispose();
        base.Dispose(disposing);
    }
}
