using Sarsen.Formats;

namespace Sarsen.Serving.Language.Store;

/// <summary>A model that a <see cref="ModelStore{T}"/> can load.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Path">A file or a folder.</param>
/// <param name="KeepAlive">How long it stays loaded after its last use, instead of the store's; <see cref="Timeout.InfiniteTimeSpan"/> for always, zero for not at all.</param>
public sealed record ModelEntry(string Name, string Path, TimeSpan? KeepAlive = null)
{
    /// <summary>Bytes of its file, of all where it is one of several, or of the files in its folder; 0 where nothing is there.</summary>
    public long FileBytes() => File.Exists(Path) ? GgufFile.FilesOf(Path).Where(File.Exists).Sum(file => new FileInfo(file).Length)
        : Directory.Exists(Path) ? new DirectoryInfo(Path).EnumerateFiles().Where(IsWeights).Sum(f => f.Length)
        : 0;

    /// <summary>When it was last written, in Unix seconds; 0 where nothing is there.</summary>
    public long WrittenUnixSeconds() => File.Exists(Path) || Directory.Exists(Path)
        ? new DateTimeOffset(File.GetLastWriteTimeUtc(Path), TimeSpan.Zero).ToUnixTimeSeconds()
        : 0;

    private static bool IsWeights(FileInfo file) => file.Extension is ".safetensors" or ".gguf" or ".bin";
}
