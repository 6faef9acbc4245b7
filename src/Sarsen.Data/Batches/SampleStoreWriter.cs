using Microsoft.Win32.SafeHandles;
using Sarsen.Tensors.Memory;

namespace Sarsen.Data.Batches;

/// <summary>
/// Takes records of one width and makes a <see cref="SampleStore"/>: in memory while the budget lasts, then all of them
/// in a file without a name, which the system takes away when it is closed, however the process ends.
/// </summary>
internal sealed class SampleStoreWriter(int width, SampleBudget budget, string name) : IDisposable
{
    // Large enough that a chunk's fixed costs vanish, small enough that a few samples cost little.
    private const int ChunkBytes = 1 << 20;

    private readonly long _perChunk = Math.Max(1, ChunkBytes / Math.Max(1, width));
    private List<NativeBuffer> _chunks = [];
    private SafeFileHandle? _file;
    private byte[] _pending = [];
    private int _pendingBytes;
    private long _written;

    public long Count { get; private set; }

    /// <exception cref="DataException">The budget is spent and there is no cache folder, or that is full.</exception>
    public void Add(ReadOnlySpan<byte> record)
    {
        if (_file is null && Count == _chunks.Count * _perChunk && !Grow())
            Spool();
        if (_file is null)
            record.CopyTo(Record(Count));
        else
            Write(record);
        Count++;
    }

    public SampleStore Finish()
    {
        if (_file is null)
        {
            List<NativeBuffer> chunks = _chunks;
            _chunks = [];
            return new SampleStore(chunks, _perChunk, Count, width);
        }
        Flush();
        SafeFileHandle file = _file;
        _file = null;
        return new SampleStore(file, Count, width);
    }

    public void Dispose()
    {
        _file?.Dispose();
        foreach (NativeBuffer chunk in _chunks)
            chunk.Dispose();
    }

    private unsafe Span<byte> Record(long index) =>
        new(_chunks[(int)(index / _perChunk)].Pointer + index % _perChunk * width, width);

    private bool Grow()
    {
        long bytes = Math.Max(1, _perChunk * width);
        if (!budget.TryTake(bytes))
            return false;
        _chunks.Add(NativeBuffer.Allocate(bytes, zeroed: false));
        return true;
    }

    private void Spool()
    {
        if (budget.Folder is not { } folder)
            throw new DataException($"the {name} samples, {width} bytes each, do not fit in the {budget.Free + _chunks.Sum(c => c.Bytes)} bytes that samples may take in memory; allow more, or give a cache folder they can be spooled to");
        try
        {
            Directory.CreateDirectory(folder);
            string path = Path.Combine(folder, $"samples-{name}-{Guid.NewGuid():N}.spool");
            bool windows = OperatingSystem.IsWindows();
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, windows ? FileOptions.DeleteOnClose : FileOptions.None);
            if (!windows)
                File.Delete(path); // the open file stays; a process that is killed leaves nothing behind
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"the {name} samples cannot be spooled to '{folder}': {e.Message}; give a cache folder that can be written", e);
        }
        _pending = new byte[Math.Max(ChunkBytes, width)];
        for (long i = 0; i < Count; i++)
            Write(Record(i));
        foreach (NativeBuffer chunk in _chunks)
        {
            budget.GiveBack(chunk.Bytes);
            chunk.Dispose();
        }
        _chunks = [];
    }

    private void Write(ReadOnlySpan<byte> record)
    {
        if (_pendingBytes + record.Length > _pending.Length)
            Flush();
        record.CopyTo(_pending.AsSpan(_pendingBytes));
        _pendingBytes += record.Length;
    }

    private void Flush()
    {
        try
        {
            RandomAccess.Write(_file!, _pending.AsSpan(0, _pendingBytes), _written);
        }
        catch (IOException e)
        {
            throw new DataException($"the {name} samples cannot be spooled to '{budget.Folder}': {e.Message}; make room there, or give another cache folder", e);
        }
        _written += _pendingBytes;
        _pendingBytes = 0;
    }
}
