using System.Diagnostics;

namespace Sarsen.Formats.Tests;

/// <summary>A fact that needs a disk which is full soon: a small tmpfs, which only root may mount, and not in every container.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute()
    {
        using var disk = SmallDisk.TryMount();
        if (disk is null)
            Skip = "needs the right to mount a tmpfs: run as root with CAP_SYS_ADMIN";
    }
}

/// <summary>A tmpfs of 64 KiB, unmounted at the end.</summary>
internal sealed class SmallDisk : IDisposable
{
    public const int Bytes = 1 << 16;

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.Path;

    public static SmallDisk? TryMount()
    {
        var disk = new SmallDisk();
        if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={Bytes}", "tmpfs", disk.Path))
            return disk;
        disk._folder.Dispose();
        return null;
    }

    public void Dispose()
    {
        Run("umount", Path);
        _folder.Dispose();
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
