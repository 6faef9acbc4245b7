using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Tests.Memory;

/// <summary>
/// Elements that end (or begin) exactly at a page no access is allowed to: a kernel that reads or writes beyond them
/// ends the test process. Outside Linux the memory is plain and guards nothing.
/// </summary>
internal sealed unsafe partial class GuardedBuffer<T> : IDisposable where T : unmanaged
{
    private const int PageBytes = 65536;

    private readonly byte* _mapped;
    private readonly nuint _mappedBytes;

    /// <param name="count">Elements.</param>
    /// <param name="atEnd">True puts the forbidden page right behind the last element, false right before the first.</param>
    public GuardedBuffer(long count, bool atEnd = true)
    {
        nuint bytes = (nuint)(count * sizeof(T));
        nuint body = (bytes + PageBytes - 1) / PageBytes * PageBytes;
        _mappedBytes = body + (2 * PageBytes);
        Count = count;
        if (!OperatingSystem.IsLinux())
        {
            _mapped = (byte*)NativeMemory.AllocZeroed(_mappedBytes);
            Pointer = (T*)(_mapped + PageBytes);
            return;
        }
        _mapped = (byte*)GuardedPages.Map(null, _mappedBytes, 3, 0x22, -1, 0);
        ((nint)_mapped).ShouldNotBe(-1);
        GuardedPages.Protect(_mapped, PageBytes, 0).ShouldBe(0);
        GuardedPages.Protect(_mapped + PageBytes + body, PageBytes, 0).ShouldBe(0);
        Pointer = (T*)(_mapped + PageBytes + (atEnd ? body - bytes : 0));
    }

    public T* Pointer { get; }

    public long Count { get; }

    public Span<T> Span => new(Pointer, (int)Count);

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            _ = GuardedPages.Unmap(_mapped, _mappedBytes);
        else
            NativeMemory.Free(_mapped);
    }
}

internal static unsafe partial class GuardedPages
{
    [LibraryImport("libc", EntryPoint = "mmap")]
    public static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    public static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    public static partial int Unmap(void* address, nuint bytes);
}
