using System.Buffers;
using System.Formats.Tar;
using System.Security.Cryptography;
using Sarsen.Server.Errors;

namespace Sarsen.Server.Features.Models;

/// <summary>
/// Writes a model's files into a new folder, flushed to the disk, with their checksums: from a folder, or from a tar
/// archive, whose entries are checked before anything is written of them.
/// </summary>
internal sealed class ModelIntake(string folder, long maxBytes)
{
    private const int MaxFiles = 10_000, MaxPath = 512, BufferBytes = 1 << 20;

    private readonly List<ModelFile> _files = [];
    private long _bytes;

    /// <exception cref="RequestException">The folder is no model's: links, too many files, too large.</exception>
    public async Task<List<ModelFile>> CopyAsync(string source, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };
        foreach (string path in Directory.EnumerateFiles(source, "*", options))
        {
            if (File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint))
                throw RequestException.Invalid($"'{path}' is a link: a model's folder holds files alone");
            using var from = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await WriteAsync(Path.GetRelativePath(source, path).Replace('\\', '/'), from, stop);
        }
        return Sorted();
    }

    /// <exception cref="RequestException">The archive is damaged, or holds what a model cannot have.</exception>
    public async Task<List<ModelFile>> UnpackAsync(Stream archive, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        try
        {
            using var tar = new TarReader(archive, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, stop) is { } entry)
            {
                switch (entry.EntryType)
                {
                    case TarEntryType.Directory or TarEntryType.GlobalExtendedAttributes:
                        break;
                    case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                        await WriteAsync(entry.Name, entry.DataStream ?? Stream.Null, stop);
                        break;
                    default:
                        throw RequestException.Invalid($"the archive holds '{entry.Name}', a {entry.EntryType}: a model's archive holds files and folders alone");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw RequestException.Invalid($"the upload is no whole tar archive: {e.Message}", e);
        }
        return Sorted();
    }

    private List<ModelFile> Sorted() => [.. _files.OrderBy(f => f.Path, StringComparer.Ordinal)];

    private async Task WriteAsync(string name, Stream from, CancellationToken stop)
    {
        string path = SafePath(name);
        if (_files.Count == MaxFiles)
            throw RequestException.Invalid($"a model may have at most {MaxFiles} files");
        string target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (Path.Exists(target))
            throw RequestException.Invalid($"the file '{path}' is there twice");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var to = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
            long length = 0;
            int read;
            while ((read = await from.ReadAsync(buffer, stop)) > 0)
            {
                if ((_bytes += read) > maxBytes)
                    throw new RequestException(413, $"the model is larger than the {maxBytes} bytes that this server takes");
                hash.AppendData(buffer, 0, read);
                await to.WriteAsync(buffer.AsMemory(0, read), stop);
                length += read;
            }
            to.Flush(flushToDisk: true);
            _files.Add(new ModelFile(path, length, Convert.ToHexStringLower(hash.GetHashAndReset())));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // Archives are other people's: no name may lead out of the folder.
    private static string SafePath(string name)
    {
        string path = name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        bool safe = path.Length is > 0 and <= MaxPath && !path.Contains('\\') && !path.Contains('\0') && !path.Contains(':')
            && path.Split('/').All(part => part is not ("" or "." or ".."));
        return safe ? path : throw RequestException.Invalid($"the archive holds a file named '{(name.Length > MaxPath ? name[..MaxPath] : name)}': names are relative, without '..', '\\' and ':', of at most {MaxPath} characters");
    }
}
