namespace Sarsen.Formats.Pictures.Png;

/// <summary>The contents of several chunks as one stream.</summary>
internal sealed class ChunkStream(IReadOnlyList<ReadOnlyMemory<byte>> chunks) : Stream
{
    private int _chunk, _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_chunk < chunks.Count)
        {
            ReadOnlySpan<byte> left = chunks[_chunk].Span[_at..];
            if (left.Length > 0)
            {
                int count = Math.Min(left.Length, buffer.Length);
                left[..count].CopyTo(buffer);
                _at += count;
                return count;
            }
            (_chunk, _at) = (_chunk + 1, 0);
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
