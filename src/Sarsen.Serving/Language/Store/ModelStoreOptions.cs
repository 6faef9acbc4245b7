namespace Sarsen.Serving.Language.Store;

/// <summary>When models are unloaded.</summary>
public sealed record ModelStoreOptions
{
    /// <summary>How long a model stays loaded after its last use, where its entry says nothing. <see cref="Timeout.InfiniteTimeSpan"/> for always.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes that loaded models may take together, from 1; null for no limit.</summary>
    public long? MemoryBudget { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        CheckKeepAlive(KeepAlive);
        if (MemoryBudget is < 1)
            throw new ArgumentOutOfRangeException(nameof(MemoryBudget), MemoryBudget, "MemoryBudget is one byte or more");
    }

    internal static void CheckKeepAlive(TimeSpan keepAlive)
    {
        if (keepAlive < TimeSpan.Zero && keepAlive != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(keepAlive), keepAlive, "KeepAlive is zero or more, or infinite");
    }
}
