using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Memory;

/// <summary>The system calls of <see cref="ReservedMemory"/>: mmap on Unix, VirtualAlloc on Windows.</summary>
internal static unsafe partial class AddressSpace
{
    private const int ProtRead = 1, ProtWrite = 2, ProtExecute = 4, MapPrivate = 2;
    private const int MadvDontNeed = 4, MadvHugePage = 14;
    private const uint MemCommit = 0x1000, MemReserve = 0x2000, MemDecommit = 0x4000, MemRelease = 0x8000;
    private const uint PageReadWrite = 4;

    /// <summary>Null when the system refuses.</summary>
    public static void* Reserve(nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            return VirtualAlloc(null, bytes, MemReserve, PageReadWrite);
        // MAP_ANONYMOUS and MAP_NORESERVE have other values on Linux than on the BSDs and macOS.
        int flags = MapPrivate | (OperatingSystem.IsLinux() ? 0x20 | 0x4000 : 0x1000 | 0x40);
        void* address = Map(null, bytes, ProtRead | ProtWrite, flags, -1, 0);
        return (nint)address == -1 ? null : address;
    }

    public static string LastError() => Marshal.GetLastPInvokeErrorMessage();

    /// <summary>A wish: without huge pages everything works, more slowly.</summary>
    public static void AdviseHugePages(void* address, nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
            EngineEvents.Log.HugePagesUnavailable("they are asked for on Linux only");
        else if (Advise(address, bytes, MadvHugePage) != 0)
            EngineEvents.Log.HugePagesUnavailable(LastError());
    }

    public static bool Commit(void* address, nuint bytes) =>
        !OperatingSystem.IsWindows() || VirtualAlloc(address, bytes, MemCommit, PageReadWrite) != null;

    public static void Discard(void* address, nuint bytes)
    {
        if (OperatingSystem.IsWindows())
            _ = VirtualFree(address, bytes, MemDecommit);
        else
            _ = Advise(address, bytes, MadvDontNeed);
    }

    public static bool Release(void* address, nuint bytes) =>
        OperatingSystem.IsWindows() ? VirtualFree(address, 0, MemRelease) != 0 : Unmap(address, bytes) == 0;

    /// <summary>Code in memory that can be run and not written, for the rest of the process; null where the system refuses. Unix only.</summary>
    public static void* Executable(ReadOnlySpan<byte> code)
    {
        nuint bytes = (nuint)code.Length;
        void* memory = Reserve(bytes);
        if (memory == null)
            return null;
        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, bytes, ProtRead | ProtExecute) == 0)
            return memory;
        int error = Marshal.GetLastPInvokeError();
        _ = Unmap(memory, bytes);
        Marshal.SetLastPInvokeError(error);
        return null;
    }

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint bytes, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint bytes);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint bytes, int advice);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial void* VirtualAlloc(void* address, nuint bytes, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(void* address, nuint bytes, uint type);
}
