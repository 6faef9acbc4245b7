namespace Sarsen.Data.Batches;

/// <summary>Bytes of samples that may be in memory, for all parts of the data together, and where the rest goes.</summary>
/// <param name="bytes">Zero or more.</param>
/// <param name="folder">Null: what does not fit is refused.</param>
internal sealed class SampleBudget(long bytes, string? folder)
{
    public long Free { get; private set; } = bytes;

    public string? Folder => folder;

    public bool TryTake(long wanted)
    {
        if (wanted > Free)
            return false;
        Free -= wanted;
        return true;
    }

    public void GiveBack(long taken) => Free += taken;

    /// <summary>A quarter of what the process may still use, container limits included.</summary>
    public static long Default() => Math.Max(64L << 20, (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet) / 4);
}
