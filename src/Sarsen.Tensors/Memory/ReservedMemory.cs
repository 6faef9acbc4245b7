using Microsoft.Win32.SafeHandles;

namespace Sarsen.Tensors.Memory;

/// <summary>
/// Address space for an arena: reserved as a whole, backed by memory only where it is used, so it can be far larger
/// than the machine's memory and what lies in it never moves. It begins at a multiple of <see cref="Alignment"/> and
/// asks for huge pages where the system has them (mmap(2), madvise(2); VirtualAlloc on Windows).
/// </summary>
public sealed unsafe class ReservedMemory : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>The size of a huge page on x86-64 and, mostly, on Arm.</summary>
    public const long Alignment = 2L << 20;

    private readonly nuint _mappedBytes;
    private long _committed;

    /// <summary>Reserves at least <paramref name="bytes"/> of address space.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is not positive, or more than 2^56.</exception>
    /// <exception cref="OutOfMemoryException">The system refuses so much address space; the message says what to look at.</exception>
    public ReservedMemory(long bytes) : base(ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 1L << 56);
        Bytes = (bytes + Alignment - 1) & -Alignment;
        _mappedBytes = (nuint)(Bytes + Alignment);
        void* mapped = AddressSpace.Reserve(_mappedBytes);
        if (mapped == null)
        {
            throw new OutOfMemoryException(
                $"{Bytes} bytes of address space cannot be reserved ({AddressSpace.LastError()}): reserve less, or lift the limit on virtual memory (ulimit -v) or overcommit (vm.overcommit_memory=2 counts reservations)");
        }
        SetHandle((nint)mapped);
        Pointer = (byte*)(((nuint)mapped + (nuint)Alignment - 1) & ~((nuint)Alignment - 1));
        AddressSpace.AdviseHugePages(Pointer, (nuint)Bytes);
    }

    /// <summary>The first byte, aligned; valid until disposed.</summary>
    public byte* Pointer { get; }

    /// <summary>Bytes reserved, a multiple of <see cref="Alignment"/>.</summary>
    public long Bytes { get; }

    /// <summary>
    /// Makes the first <paramref name="bytes"/> usable. Unix backs memory when it is touched, and this only compares;
    /// Windows commits here. Fresh memory reads as zeros. One thread at a time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Bytes"/>.</exception>
    /// <exception cref="OutOfMemoryException">Windows has no memory left to commit.</exception>
    public void Commit(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        if (bytes <= _committed)
            return;
        long target = (bytes + Alignment - 1) & -Alignment;
        if (!AddressSpace.Commit(Pointer + _committed, (nuint)(target - _committed)))
            throw new OutOfMemoryException($"{target - _committed} bytes cannot be committed: {AddressSpace.LastError()}");
        _committed = target;
    }

    /// <summary>
    /// Gives the memory from <paramref name="offset"/> to the end back to the system; the addresses stay reserved and
    /// what was there is lost. <paramref name="offset"/> is rounded up to <see cref="Alignment"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not within the reservation.</exception>
    public void Discard(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Bytes);
        long from = (offset + Alignment - 1) & -Alignment;
        if (from >= _committed)
            return;
        AddressSpace.Discard(Pointer + from, (nuint)(_committed - from));
        _committed = from;
    }

    protected override bool ReleaseHandle() => AddressSpace.Release((void*)handle, _mappedBytes);
}
