using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Threads;

/// <summary>
/// Which processors the process may use, and pinning a thread to one of them (sched_getaffinity(2),
/// sched_setaffinity(2)). Linux only; elsewhere, and where the system refuses, threads float and
/// <see cref="EngineEvents"/> says so once.
/// </summary>
internal static unsafe partial class ProcessorAffinity
{
    private const int MaskBytes = 1024;

    /// <summary>The numbers of the processors in the mask of the process's first thread, ascending.</summary>
    public static int[] Allowed()
    {
        if (OperatingSystem.IsLinux())
        {
            byte* mask = stackalloc byte[MaskBytes];
            new Span<byte>(mask, MaskBytes).Clear();
            // The first thread's mask is what the process inherited; the calling thread may have been narrowed since.
            if (GetAffinity(Environment.ProcessId, MaskBytes, mask) >= 0)
            {
                int[] processors = [.. Enumerable.Range(0, MaskBytes * 8).Where(new Mask((nint)mask).Has)];
                if (processors.Length > 0)
                    return processors;
            }
        }
        return [.. Enumerable.Range(0, Environment.ProcessorCount)];
    }

    /// <summary>Pins the calling thread.</summary>
    public static void Pin(int processor)
    {
        if (!OperatingSystem.IsLinux())
        {
            EngineEvents.Log.PinningUnavailable("this system has no sched_setaffinity");
            return;
        }
        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[processor / 8] = (byte)(1 << (processor % 8));
        if (SetAffinity(0, MaskBytes, mask) != 0)
            EngineEvents.Log.PinningUnavailable($"sched_setaffinity to processor {processor}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private readonly struct Mask(nint bytes)
    {
        public bool Has(int processor) => (((byte*)bytes)[processor / 8] >> (processor % 8) & 1) != 0;
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static partial int GetAffinity(int pid, nint bytes, byte* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int pid, nint bytes, byte* mask);
}
