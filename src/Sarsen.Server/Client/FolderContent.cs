using System.Formats.Tar;
using System.Net;
using System.Net.Http.Headers;

namespace Sarsen.Server.Client;

/// <summary>A folder's files as a tar archive that is written while it is sent, so that it takes neither memory nor disk.</summary>
internal sealed class FolderContent : HttpContent
{
    private readonly string _folder;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public FolderContent(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"there is no folder '{Path.GetFullPath(folder)}'");
        _folder = folder;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken stop)
    {
        await using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        foreach (string path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            await tar.WriteEntryAsync(path, Path.GetRelativePath(_folder, path).Replace('\\', '/'), stop);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
