using Xunit;

namespace Sarsen.Testing;

/// <summary>A fact that needs a disk which is full soon: a small tmpfs, which only root may mount, and not in every container.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FullDiskFactAttribute : FactAttribute
{
    public FullDiskFactAttribute(params string[] dataPaths)
    {
        foreach (string path in dataPaths)
            Skip ??= TestData.WhyMissing(path);
        using var disk = SmallDisk.TryMount(1 << 16);
        if (disk is null)
            Skip = "needs the right to mount a tmpfs: run as root with CAP_SYS_ADMIN";
    }
}
