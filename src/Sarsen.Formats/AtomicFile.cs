using System.Text;

namespace Sarsen.Formats;

/// <summary>
/// A file that is there whole or not at all. What is written goes to a temporary file of the same folder;
/// <see cref="Commit"/> flushes it to the disk, gives it its name, which replaces an older file in one step, and flushes
/// the folder. Without a commit, be it for a full disk, the older file stays and nothing else is left behind; a process
/// that is killed may leave a file whose name ends in <see cref="TemporarySuffix"/>.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    public const string TemporarySuffix = ".writing";

    private const int BufferBytes = 1 << 16;

    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _ended;

    private AtomicFile(string path, string temporary, FileStream stream) => (Path, _temporary, _stream) = (path, temporary, stream);

    /// <summary>The name that the file will have.</summary>
    public string Path { get; }

    /// <summary>What to write to; closed by <see cref="Commit"/> and <see cref="Dispose"/>.</summary>
    public Stream Stream => _stream;

    /// <exception cref="IOException">The folder is missing or refuses a new file.</exception>
    public static AtomicFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = System.IO.Path.GetFullPath(path);
        string folder = System.IO.Path.GetDirectoryName(path)
            ?? throw new ArgumentException($"'{path}' is the root of a disk, not a file", nameof(path));
        string temporary = System.IO.Path.Combine(folder, "." + Guid.NewGuid().ToString("n") + TemporarySuffix);
        return new AtomicFile(path, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes));
    }

    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
    {
        using AtomicFile file = Create(path);
        file.Stream.Write(bytes);
        file.Commit();
    }

    /// <summary>As UTF-8 without a byte order mark.</summary>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public static void WriteAllText(string path, string text) => WriteAllBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Gives a finished folder its name in one step. Its files must have been flushed to the disk, as those of this type are.
    /// </summary>
    /// <param name="from">The folder.</param>
    /// <param name="to">The new name, on the same disk, which nothing has yet.</param>
    /// <exception cref="IOException">There is something of that name, or the disk refuses.</exception>
    public static void MoveFolder(string from, string to)
    {
        from = System.IO.Path.GetFullPath(from);
        to = System.IO.Path.GetFullPath(to);
        FolderFlush.Run(from);
        Directory.Move(from, to);
        FolderFlush.Run(System.IO.Path.GetDirectoryName(to)!);
    }

    /// <summary>Makes what was written durable and gives the file its name.</summary>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _stream.Flush();
        RandomAccess.FlushToDisk(_stream.SafeFileHandle);
        _stream.Dispose();
        File.Move(_temporary, Path, overwrite: true);
        _ended = true;
        FolderFlush.Run(System.IO.Path.GetDirectoryName(Path)!);
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Dispose()
    {
        if (_ended)
            return;
        _ended = true;
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // Closing writes what the buffer still held, which a full disk refuses again; the caller has had that error.
        }
        finally
        {
            File.Delete(_temporary);
        }
    }
}
