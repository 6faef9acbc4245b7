using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Threads;

/// <summary>
/// One job that is being shared out, in native memory, each contended word on cache lines of its own.
/// <see cref="State"/> packs <see cref="Open"/>, <see cref="Waiting"/> and the number of helpers inside: a helper enters
/// by compare-and-swap and only while the slot is open; the driver closes it when no chunk is left to begin and
/// returns when the helpers are out. So what the slot points to is alive for everyone who is inside.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 512)]
internal unsafe struct JobSlot
{
    /// <summary>Helpers may enter.</summary>
    public const int Open = 1 << 30;

    /// <summary>The driver sleeps until the last helper wakes it.</summary>
    public const int Waiting = 1 << 29;

    public const int HelperMask = Waiting - 1;

    [FieldOffset(0)] public int State;

    /// <summary>The chunk that will be claimed next; may run past <see cref="Chunks"/> by one for each thread.</summary>
    [FieldOffset(128)] public long Next;

    /// <summary>1 while a driver owns the slot.</summary>
    [FieldOffset(256)] public int Owned;

    /// <summary>Lanes handed out so far; the driver is lane 0.</summary>
    [FieldOffset(260)] public int Lanes;

    [FieldOffset(384)] public int Chunks;

    /// <summary>How many helpers may enter.</summary>
    [FieldOffset(388)] public int MaxHelpers;

    /// <summary>The job, on the driver's stack or pinned.</summary>
    [FieldOffset(392)] public void* Job;

    /// <summary>Claims and runs chunks until none is left.</summary>
    [FieldOffset(400)] public delegate*<JobSlot*, int, void> Drain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryClaim(out int chunk)
    {
        long next = Interlocked.Increment(ref Next) - 1;
        chunk = (int)next;
        return next < Chunks;
    }

    public static void DrainChunks<TJob>(JobSlot* slot, int lane) where TJob : struct, IChunkJob
    {
        ref TJob job = ref Unsafe.AsRef<TJob>(slot->Job);
        while (slot->TryClaim(out int chunk))
            job.Run(chunk);
    }

    public static void DrainLanes<TJob>(JobSlot* slot, int lane) where TJob : struct, ILaneJob
    {
        ref TJob job = ref Unsafe.AsRef<TJob>(slot->Job);
        while (slot->TryClaim(out int chunk))
            job.Run(chunk, lane);
    }
}
