namespace Sarsen.Tensors.Memory;

/// <summary>
/// Bytes that may be in use at once. Memory is reserved here before it is allocated, so that what does not fit is
/// refused with a reason and not by the system's out-of-memory killer. Safe from any thread, without locks.
/// </summary>
public sealed class MemoryBudget
{
    private long _used;
    private long _peak;

    /// <param name="name">What the budget is for; messages begin with it.</param>
    /// <param name="limit">Bytes, zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is negative.</exception>
    public MemoryBudget(string name, long limit)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Name = name;
        Limit = limit;
    }

    public string Name { get; }

    /// <summary>Bytes in all.</summary>
    public long Limit { get; }

    /// <summary>Bytes reserved now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Bytes that can still be reserved.</summary>
    public long Free => Limit - Used;

    /// <summary>The most bytes that were reserved at once.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Reserves <paramref name="bytes"/>, all or nothing.</summary>
    /// <param name="bytes">Zero or more.</param>
    /// <param name="purpose">What for; the refusal names it.</param>
    /// <exception cref="MemoryBudgetException">Fewer bytes are free.</exception>
    public void Reserve(long bytes, string purpose)
    {
        if (!TryReserve(bytes, out long free))
            throw new MemoryBudgetException(Name, purpose, bytes, free, Limit);
    }

    /// <summary>As <see cref="Reserve"/>, answering false where it throws.</summary>
    public bool TryReserve(long bytes) => TryReserve(bytes, out _);

    private bool TryReserve(long bytes, out long free)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        while (true)
        {
            long used = Volatile.Read(ref _used);
            free = Limit - used;
            if (bytes > free)
                return false;
            if (Interlocked.CompareExchange(ref _used, used + bytes, used) == used)
            {
                RaisePeak(used + bytes);
                return true;
            }
        }
    }

    /// <summary>Gives back what was reserved.</summary>
    /// <exception cref="InvalidOperationException">More than is in use: a release without its reservation.</exception>
    public void Release(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        while (true)
        {
            long used = Volatile.Read(ref _used);
            if (bytes > used)
                throw new InvalidOperationException($"{Name}: {bytes} bytes released, but only {used} are reserved");
            if (Interlocked.CompareExchange(ref _used, used - bytes, used) == used)
                return;
        }
    }

    private void RaisePeak(long used)
    {
        long peak;
        while (used > (peak = Volatile.Read(ref _peak)) && Interlocked.CompareExchange(ref _peak, used, peak) != peak)
        {
        }
    }
}
