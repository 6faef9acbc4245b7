using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Work on the items [begin, end) of a kernel (elements, rows, channels), written once for all vector widths.</summary>
public interface IVectorRange
{
    /// <summary>Items are independent: any cut into ranges gives the same bits.</summary>
    void Run<V>(long begin, long end) where V : struct, IVector<V>;
}

/// <summary>An <see cref="IVectorRange"/> that needs scratch memory: <c>lane</c> is that of an <see cref="ILaneJob"/>.</summary>
public interface IVectorLaneRange
{
    /// <summary>Items are independent: any cut into ranges gives the same bits, whatever the lane.</summary>
    void Run<V>(long begin, long end, int lane) where V : struct, IVector<V>;
}

/// <summary>Runs an <see cref="IVectorRange"/> in chunks on the workers, in the widest vectors the machine has.</summary>
public static class VectorRanges
{
    // Elements of a cheap kernel that are worth a chunk of their own: some microseconds of work.
    private const long ChunkElements = 1 << 14;

    // Set by tests only: the vector path is chosen on the driver's thread and handed to the workers.
    [ThreadStatic]
    private static int t_narrowerBy;

    internal static int NarrowerBy => t_narrowerBy;

    /// <summary>
    /// Covers the items 0 .. <paramref name="count"/> - 1. <paramref name="cost"/> is the work of one item in elements
    /// of a cheap kernel; with <paramref name="count"/> it alone decides the chunks, in multiples of 16 items.
    /// </summary>
    public static void For<TRange>(Workers workers, ref TRange range, long count, long cost = 1)
        where TRange : struct, IVectorRange
    {
        if (count <= 0)
            return;
        (long grain, int chunks) = Cut(count, cost);
        var job = new Job<TRange> { Range = range, Count = count, Grain = grain, NarrowerBy = t_narrowerBy };
        if (chunks == 1)
            job.Run(0);
        else
            workers.For(ref job, chunks);
    }

    /// <summary>As <see cref="For"/>, telling the range the lane whose scratch memory it may use.</summary>
    public static void ForLanes<TRange>(Workers workers, ref TRange range, long count, long cost = 1)
        where TRange : struct, IVectorLaneRange
    {
        if (count <= 0)
            return;
        (long grain, int chunks) = Cut(count, cost);
        var job = new LaneJob<TRange> { Range = range, Count = count, Grain = grain, NarrowerBy = t_narrowerBy };
        workers.ForLanes(ref job, chunks);
    }

    private static (long Grain, int Chunks) Cut(long count, long cost)
    {
        long grain = Math.Max(1, ChunkElements / Math.Max(1, cost));
        if (cost <= 1)
            grain = ChunkElements;
        long chunks = (count + grain - 1) / grain;
        if (chunks > int.MaxValue)
        {
            grain = (count + int.MaxValue - 1) / int.MaxValue + 15 & ~15L;
            chunks = (count + grain - 1) / grain;
        }
        return (grain, (int)chunks);
    }

    /// <summary>Runs kernels of this thread in vectors narrower than the machine's until disposed: for tests.</summary>
    internal static Narrower Narrow(int by)
    {
        t_narrowerBy = by;
        return default;
    }

    internal readonly ref struct Narrower
    {
        public void Dispose() => t_narrowerBy = 0;
    }

    private struct Job<TRange> : IChunkJob where TRange : struct, IVectorRange
    {
        public TRange Range;
        public long Count, Grain;
        public int NarrowerBy;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(int chunk)
        {
            long begin = chunk * Grain, end = Math.Min(Count, begin + Grain);
            int narrower = NarrowerBy;
            if (Vector512Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector512Lanes>(begin, end);
            else if (Vector256Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector256Lanes>(begin, end);
            else if (Vector128Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector128Lanes>(begin, end);
            else
                Range.Run<ScalarLanes>(begin, end);
        }
    }

    private struct LaneJob<TRange> : ILaneJob where TRange : struct, IVectorLaneRange
    {
        public TRange Range;
        public long Count, Grain;
        public int NarrowerBy;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk, int lane)
        {
            long begin = chunk * Grain, end = Math.Min(Count, begin + Grain);
            int narrower = NarrowerBy;
            if (Vector512Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector512Lanes>(begin, end, lane);
            else if (Vector256Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector256Lanes>(begin, end, lane);
            else if (Vector128Lanes.IsSupported && narrower-- == 0)
                Range.Run<Vector128Lanes>(begin, end, lane);
            else
                Range.Run<ScalarLanes>(begin, end, lane);
        }
    }
}
