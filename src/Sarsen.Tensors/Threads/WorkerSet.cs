using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Threads;

/// <summary>
/// The threads behind <see cref="Workers"/> and the slots of the jobs they share.
/// A worker that has nothing to do spins for <see cref="SpinMicroseconds"/> and then parks: a spinning worker joins in
/// well under a microsecond, waking a parked one costs tens, and endless spinning would take the machine from others.
/// </summary>
internal sealed unsafe class WorkerSet
{
    public const int SpinMicroseconds = 200;

    /// <summary>Jobs shared out at once. A driver that finds no free slot runs its chunks alone.</summary>
    public const int Slots = 32;

    /// <summary>Set while this thread runs chunks: a job inside a job stays on its thread.</summary>
    [ThreadStatic]
    private static bool t_insideJob;

    private readonly JobSlot* _slots;
    private readonly SemaphoreSlim[] _drivers = new SemaphoreSlim[Slots];
    private readonly Worker[] _workers;
    private readonly long _spinTicks = SpinMicroseconds * Stopwatch.Frequency / 1_000_000;
    private PaddedWord _open;
    private PaddedWord _spinning;
    private volatile bool _stop;

    /// <summary>A word that shares its cache lines with nothing else.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct PaddedWord
    {
        [FieldOffset(128)] public uint Bits;
        [FieldOffset(128)] public int Value;
    }

    private sealed class Worker
    {
        public int Parked;
        public readonly SemaphoreSlim Wake = new(0);
        public Thread? Thread;
    }

    public WorkerSet(int threads)
    {
        // Never freed: the set lives as long as the process, and a test's set is small.
        _slots = (JobSlot*)NativeMemory.AlignedAlloc((nuint)(Slots * sizeof(JobSlot)), 128);
        NativeMemory.Clear(_slots, (nuint)(Slots * sizeof(JobSlot)));
        for (int i = 0; i < Slots; i++)
            _drivers[i] = new SemaphoreSlim(0);

        int[] processors = ProcessorAffinity.Allowed();
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
            _workers[i] = new Worker();
        for (int i = 0; i < _workers.Length; i++)
        {
            int index = i;
            // The first processor is left to drivers; threads beyond the mask are left to the scheduler.
            int processor = i + 1 < processors.Length ? processors[i + 1] : -1;
            _workers[i].Thread = new Thread(() => Loop(index, processor)) { IsBackground = true, Name = $"sarsen worker {i + 1}" };
            _workers[i].Thread!.Start();
        }
    }

    public static bool InsideJob => t_insideJob;

    public void Run<TJob>(ref TJob job, int chunks, int threads) where TJob : struct, IChunkJob
    {
        // Pinned as bytes: a job may live in a field of an object, and its fields may be references.
        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
            Run(pinned, &JobSlot.DrainChunks<TJob>, chunks, threads);
    }

    public void RunLanes<TJob>(ref TJob job, int chunks, int threads) where TJob : struct, ILaneJob
    {
        fixed (byte* pinned = &Unsafe.As<TJob, byte>(ref job))
            Run(pinned, &JobSlot.DrainLanes<TJob>, chunks, threads);
    }

    private void Run(void* job, delegate*<JobSlot*, int, void> drain, int chunks, int threads)
    {
        int index = TakeSlot();
        if (index < 0)
        {
            RunAlone(job, drain, chunks);
            return;
        }
        JobSlot* slot = _slots + index;
        slot->Next = 0;
        slot->Lanes = 1;
        slot->Chunks = chunks;
        slot->MaxHelpers = Math.Min(chunks, threads) - 1;
        slot->Job = job;
        slot->Drain = drain;

        t_insideJob = true;
        try
        {
            Publish(index);
            drain(slot, 0);
        }
        finally
        {
            // Also when a chunk throws against its contract: helpers must be out before the job's stack frame goes.
            t_insideJob = false;
            Close(index);
        }
    }

    private static void RunAlone(void* job, delegate*<JobSlot*, int, void> drain, int chunks)
    {
        JobSlot slot = new() { Chunks = chunks, Job = job };
        drain(&slot, 0);
    }

    private int TakeSlot()
    {
        for (int i = 0; i < Slots; i++)
        {
            if (Volatile.Read(ref _slots[i].Owned) == 0 && Interlocked.Exchange(ref _slots[i].Owned, 1) == 0)
                return i;
        }
        return -1;
    }

    private void Publish(int index)
    {
        Volatile.Write(ref _slots[index].State, JobSlot.Open);
        Interlocked.Or(ref _open.Bits, 1u << index);
        // Who spins comes by itself; only the rest is woken. A worker that parks just now looks at _open after it
        // has set Parked, so it sees the job, or is seen here.
        int wake = _slots[index].MaxHelpers - Volatile.Read(ref _spinning.Value);
        for (int i = 0; i < _workers.Length && wake > 0; i++)
        {
            Worker worker = _workers[i];
            if (Volatile.Read(ref worker.Parked) != 0 && Interlocked.Exchange(ref worker.Parked, 0) != 0)
            {
                worker.Wake.Release();
                wake--;
            }
        }
    }

    private void Close(int index)
    {
        JobSlot* slot = _slots + index;
        Interlocked.And(ref _open.Bits, ~(1u << index));
        // Chunks are left only when one threw: nobody may begin them.
        Volatile.Write(ref slot->Next, slot->Chunks);
        if ((Interlocked.And(ref slot->State, ~JobSlot.Open) & JobSlot.HelperMask) != 0)
            AwaitHelpers(index);
        Volatile.Write(ref slot->Owned, 0);
    }

    private void AwaitHelpers(int index)
    {
        JobSlot* slot = _slots + index;
        long deadline = Stopwatch.GetTimestamp() + _spinTicks;
        for (int spins = 1; Volatile.Read(ref slot->State) != 0; spins++)
        {
            Thread.SpinWait(1);
            if ((spins & 63) != 0 || Stopwatch.GetTimestamp() < deadline)
                continue;
            int state = Volatile.Read(ref slot->State);
            if (state != 0 && Interlocked.CompareExchange(ref slot->State, state | JobSlot.Waiting, state) == state)
            {
                _drivers[index].Wait();
                Volatile.Write(ref slot->State, 0);
                return;
            }
        }
    }

    private void Loop(int index, int processor)
    {
        if (processor >= 0)
            ProcessorAffinity.Pin(processor);
        t_insideJob = true;
        Worker self = _workers[index];
        int turn = index;
        Interlocked.Increment(ref _spinning.Value);
        while (!_stop)
        {
            if (AwaitOpenSlot(self))
                TryHelp(ref turn);
        }
        Interlocked.Decrement(ref _spinning.Value);
    }

    /// <summary>Spins, then parks, until a job is open; false when it was woken for nothing.</summary>
    private bool AwaitOpenSlot(Worker self)
    {
        long deadline = 0;
        for (int spins = 1; Volatile.Read(ref _open.Bits) == 0; spins++)
        {
            Thread.SpinWait(1);
            if ((spins & 63) != 0)
                continue;
            long now = Stopwatch.GetTimestamp();
            if (deadline == 0)
                deadline = now + _spinTicks;
            else if (now > deadline)
            {
                Park(self);
                return Volatile.Read(ref _open.Bits) != 0;
            }
        }
        return true;
    }

    private void Park(Worker self)
    {
        Interlocked.Decrement(ref _spinning.Value);
        Interlocked.Exchange(ref self.Parked, 1);
        bool unneeded = Volatile.Read(ref _open.Bits) != 0 || _stop;
        // Whoever clears Parked first decides: if a driver did, its release is on the way and must be taken.
        if (!unneeded || Interlocked.Exchange(ref self.Parked, 0) == 0)
            self.Wake.Wait();
        Interlocked.Increment(ref _spinning.Value);
    }

    /// <summary>Joins the open job with the fewest helpers, so that drivers share the workers evenly.</summary>
    private void TryHelp(ref int turn)
    {
        int best = -1, bestHelpers = int.MaxValue;
        turn++;
        // Rotated, so that among equal jobs the search begins with another one each time.
        for (uint left = BitOperations.RotateRight(Volatile.Read(ref _open.Bits), turn); left != 0; left &= left - 1)
        {
            int i = (BitOperations.TrailingZeroCount(left) + turn) & (Slots - 1);
            int helpers = Volatile.Read(ref _slots[i].State) & JobSlot.HelperMask;
            if (helpers < bestHelpers)
                (best, bestHelpers) = (i, helpers);
        }
        if (best >= 0)
            Help(best);
    }

    private void Help(int index)
    {
        JobSlot* slot = _slots + index;
        int state = Volatile.Read(ref slot->State);
        if ((state & JobSlot.Open) == 0 || (state & JobSlot.HelperMask) >= slot->MaxHelpers
            || Interlocked.CompareExchange(ref slot->State, state + 1, state) != state)
        {
            return;
        }
        // Inside: the driver cannot give the slot away before this thread is out again.
        Interlocked.Decrement(ref _spinning.Value);
        int lane = Interlocked.Increment(ref slot->Lanes) - 1;
        if (lane == slot->MaxHelpers)
            Interlocked.And(ref _open.Bits, ~(1u << index));
        // More than allowed may have entered when the slot changed its job between the look and the swap.
        if (lane <= slot->MaxHelpers)
            slot->Drain(slot, lane);
        Interlocked.And(ref _open.Bits, ~(1u << index));
        Interlocked.Increment(ref _spinning.Value);
        if (Interlocked.Decrement(ref slot->State) == JobSlot.Waiting)
            _drivers[index].Release();
    }

    public void Stop()
    {
        _stop = true;
        foreach (Worker worker in _workers)
        {
            if (Interlocked.Exchange(ref worker.Parked, 0) != 0)
                worker.Wake.Release();
        }
        foreach (Worker worker in _workers)
            worker.Thread!.Join();
    }
}
