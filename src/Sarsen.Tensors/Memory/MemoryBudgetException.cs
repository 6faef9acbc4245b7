namespace Sarsen.Tensors.Memory;

/// <summary>More memory was asked for than a <see cref="MemoryBudget"/> has free. Nothing was reserved.</summary>
public sealed class MemoryBudgetException : Exception
{
    internal MemoryBudgetException(string budget, string purpose, long asked, long free, long limit)
        : base($"{budget}: {purpose} needs {Bytes(asked)}, {Bytes(free)} of {Bytes(limit)} are free: "
            + "make the batch, the model or the cache smaller, end other work, or raise the limit")
    {
        Asked = asked;
        Free = free;
        Limit = limit;
    }

    /// <summary>Bytes asked for.</summary>
    public long Asked { get; }

    /// <summary>Bytes that were free.</summary>
    public long Free { get; }

    /// <summary>Bytes the budget has in all.</summary>
    public long Limit { get; }

    private static string Bytes(long bytes) => bytes switch
    {
        >= 1L << 30 => FormattableString.Invariant($"{bytes / (double)(1L << 30):0.##} GiB"),
        >= 1L << 20 => FormattableString.Invariant($"{bytes / (double)(1L << 20):0.##} MiB"),
        >= 1L << 10 => FormattableString.Invariant($"{bytes / (double)(1L << 10):0.##} KiB"),
        _ => FormattableString.Invariant($"{bytes} bytes"),
    };
}
