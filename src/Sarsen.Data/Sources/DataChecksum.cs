using System.Security.Cryptography;
using Sarsen.Data.Encodings;

namespace Sarsen.Data.Sources;

/// <param name="Name">The file's name, without its folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Of its bytes as they are on disk, in hexadecimal, as <c>sha256sum</c> prints it.</param>
public sealed record FileChecksum(string Name, long Bytes, string Sha256);

/// <summary>
/// Which data it was, for a run's record. <see cref="Sha256"/> of one file is that file's; of several it is the SHA-256
/// of their hexadecimal checksums in the order in which they are read, each followed by a line feed: the folder they lie
/// in plays no part.
/// </summary>
public sealed record DataChecksum(string Sha256, long Bytes, IReadOnlyList<FileChecksum> Files)
{
    /// <summary>Reads every file of <paramref name="source"/> once.</summary>
    /// <exception cref="DataException">A file is not there or cannot be read.</exception>
    public static DataChecksum Of(DataSource source, CancellationToken stop = default) => Of([source], stop);

    /// <summary>Reads every file of all sources of <paramref name="data"/> once.</summary>
    /// <inheritdoc cref="Of(DataSource, CancellationToken)"/>
    public static DataChecksum Of(DataSpec data, CancellationToken stop = default) =>
        Of([.. new[] { data.Source, data.Validation, data.Test }.OfType<DataSource>()], stop);

    private static DataChecksum Of(IReadOnlyList<DataSource> sources, CancellationToken stop)
    {
        var files = new List<FileChecksum>();
        byte[] buffer = new byte[256 << 10];
        foreach (string path in sources.SelectMany(s => s.Files()))
            files.Add(OfFile(path, buffer, stop));
        string all = files is [var only] ? only.Sha256
            : Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Concat(files.Select(f => f.Sha256 + "\n")))));
        return new DataChecksum(all, files.Sum(f => f.Bytes), files);
    }

    private static FileChecksum OfFile(string path, byte[] buffer, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
            for (int read; (read = file.Read(buffer)) > 0; length += read)
            {
                stop.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TextFile.Unreadable(path, e);
        }
        return new FileChecksum(Path.GetFileName(path), length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
