using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sarsen.Tensors.Memory;

/// <summary>
/// Native memory with one owner, aligned to <see cref="Alignment"/> bytes, released by Dispose or, if that was
/// forgotten, when the garbage collector finds it. Its address never changes.
/// </summary>
public sealed unsafe class NativeBuffer : SafeHandleZeroOrMinusOneIsInvalid
{
    /// <summary>A cache line, and the widest vector.</summary>
    public const int Alignment = 64;

    /// <summary>From here on memory is aligned to huge pages, and they are asked for: weights are read faster from them.</summary>
    private const long LargeBytes = 4 << 20;

    private const int HugePage = 2 << 20;

    private NativeBuffer(void* address, long bytes) : base(ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle((nint)address);
    }

    /// <summary>The first byte; valid until the buffer is disposed.</summary>
    public byte* Pointer => (byte*)handle;

    /// <summary>Bytes that may be used.</summary>
    public long Bytes { get; }

    /// <summary>Allocates <paramref name="bytes"/>, filled with zeros unless <paramref name="zeroed"/> is false.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public static NativeBuffer Allocate(long bytes, bool zeroed = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        bool large = bytes >= LargeBytes;
        void* address = NativeMemory.AlignedAlloc(checked((nuint)Math.Max(bytes, 1)), (nuint)(large ? HugePage : Alignment));
        if (large)
            AddressSpace.AdviseHugePages(address, (nuint)bytes);
        if (zeroed)
            NativeMemory.Clear(address, (nuint)bytes);
        return new NativeBuffer(address, bytes);
    }

    /// <summary>The buffer as elements, at most <see cref="int.MaxValue"/> of them.</summary>
    /// <exception cref="OverflowException">There are more.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged => new(Pointer, checked((int)(Bytes / sizeof(T))));

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
