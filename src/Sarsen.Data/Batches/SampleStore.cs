using Microsoft.Win32.SafeHandles;
using Sarsen.Tensors.Memory;

namespace Sarsen.Data.Batches;

/// <summary>
/// Records of one width, read by index: in memory, or in a file that is gone when the store is disposed. Reads are safe
/// from any number of threads.
/// </summary>
internal sealed class SampleStore : IDisposable
{
    private readonly List<NativeBuffer> _chunks;
    private readonly SafeFileHandle? _file;
    private readonly long _perChunk;

    /// <summary>Records in memory, <paramref name="perChunk"/> in each chunk.</summary>
    public SampleStore(List<NativeBuffer> chunks, long perChunk, long count, int width) =>
        (_chunks, _perChunk, Count, Width) = (chunks, perChunk, count, width);

    /// <summary>Records in a file, one behind the other.</summary>
    public SampleStore(SafeFileHandle file, long count, int width) : this([], 1, count, width) => _file = file;

    public long Count { get; }

    /// <summary>Bytes of a record.</summary>
    public int Width { get; }

    public bool IsSpooled => _file is not null;

    /// <summary>Reads a record; an index that is out of range is the caller's mistake.</summary>
    /// <exception cref="DataException">The spool file became shorter.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    public unsafe void Read(long index, Span<byte> into)
    {
        if (_file is null)
        {
            NativeBuffer chunk = _chunks[(int)(index / _perChunk)];
            bool held = false;
            try
            {
                // A set that is disposed while another thread reads it must throw, not read what is freed.
                chunk.DangerousAddRef(ref held);
                new ReadOnlySpan<byte>(chunk.Pointer + index % _perChunk * Width, Width).CopyTo(into);
            }
            finally
            {
                if (held)
                    chunk.DangerousRelease();
            }
            return;
        }
        for (int done = 0; done < Width;)
        {
            int read = RandomAccess.Read(_file, into[done..Width], index * Width + done);
            if (read == 0)
                throw new DataException($"the spool file of the samples ends within sample {index} of {Count}: something else changed it; run again with another cache folder");
            done += read;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        foreach (NativeBuffer chunk in _chunks)
            chunk.Dispose();
    }
}
