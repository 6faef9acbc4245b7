using Microsoft.Win32.SafeHandles;

namespace Sarsen.Formats;

/// <summary>
/// The bytes of a model file, read at offsets. Reads go through the file system, never through a mapping: a file that is cut
/// off meanwhile is an error and not the end of the process. Any thread may read.
/// </summary>
internal sealed class ModelBytes : IDisposable
{
    private readonly SafeFileHandle _handle;

    private ModelBytes(string path, SafeFileHandle handle, long length) => (Path, _handle, Length) = (path, handle, length);

    public string Path { get; }

    /// <summary>When it was opened.</summary>
    public long Length { get; }

    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ModelBytes Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
        try
        {
            return new ModelBytes(path, handle, RandomAccess.GetLength(handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <exception cref="ModelFormatException">The file ends before.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public void ReadExactly(Span<byte> into, long offset)
    {
        while (into.Length > 0)
        {
            int read = RandomAccess.Read(_handle, into, offset);
            if (read == 0)
                throw new ModelFormatException(Path, offset, $"the file ends here, {into.Length} more bytes were expected: it was cut off since it was opened");
            into = into[read..];
            offset += read;
        }
    }

    public void Dispose() => _handle.Dispose();
}
