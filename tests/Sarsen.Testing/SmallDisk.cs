using System.Diagnostics;

namespace Sarsen.Testing;

/// <summary>A tmpfs of a few pages, unmounted at the end.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(long bytes) => Bytes = bytes;

    public long Bytes { get; }

    public string Path { get; } = Directory.CreateTempSubdirectory("sarsen-disk-").FullName;

    /// <summary>Null where it may not be mounted.</summary>
    public static SmallDisk? TryMount(long bytes)
    {
        var disk = new SmallDisk(bytes);
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", disk.Path))
            return disk;
        Directory.Delete(disk.Path);
        return null;
    }

    public void Dispose()
    {
        Run("umount", Path);
        Directory.Delete(Path, recursive: true);
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
