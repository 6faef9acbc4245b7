using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Rows of a table by index: y[i] = table[ids[i]], of (count, width), and its transpose, dtable[ids[i]] += dy[i] in ascending
/// order of i. Also index select. Ids must be in 0 .. rows - 1: <see cref="FirstOutside"/> finds one that is not.
/// </summary>
public static unsafe class Embedding
{
    /// <summary>The first position whose id is not in 0 .. rows - 1; -1 if none.</summary>
    public static long FirstOutside(long* ids, long count, long rows)
    {
        for (long i = 0; i < count; i++)
        {
            if ((ulong)ids[i] >= (ulong)rows)
                return i;
        }
        return -1;
    }

    public static void Forward<T>(Workers workers, T* table, long* ids, T* y, long count, long width) where T : unmanaged
    {
        var range = new CopyRange<T> { Table = table, Ids = ids, Y = y, Width = width };
        VectorRanges.For(workers, ref range, count, 4 + width);
    }

    /// <summary>
    /// Adds into dtable; dy of the padding id, -1 for none, is left out. Chunks own ranges of columns, not of ids, so each
    /// sum has one order.
    /// </summary>
    public static void Backward(Workers workers, float* dy, long* ids, float* dtable, long count, long width, long paddingId = -1)
    {
        var range = new AddRange { Dy = dy, Ids = ids, Dtable = dtable, Count = count, Width = (nint)width, Padding = paddingId };
        VectorRanges.For(workers, ref range, (width + 15) / 16, 16 * count);
    }

    /// <summary>The plain f64 path.</summary>
    public static void Backward(double* dy, long* ids, double* dtable, long count, long width, long paddingId = -1)
    {
        for (long i = 0; i < count; i++)
        {
            for (long j = 0; j < width && ids[i] != paddingId; j++)
                dtable[ids[i] * width + j] += dy[i * width + j];
        }
    }

    /// <summary>y (count, classes): 1 at each id, 0 elsewhere.</summary>
    public static void OneHot<T>(long* ids, T* y, long count, long classes) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        for (long i = 0; i < count; i++)
        {
            for (long c = 0; c < classes; c++)
                y[i * classes + c] = c == ids[i] ? T.One : T.Zero;
        }
    }

    private struct CopyRange<T> : IVectorRange where T : unmanaged
    {
        public T* Table, Y;
        public long* Ids;
        public long Width;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long i = begin; i < end; i++)
                Buffer.MemoryCopy(Table + Ids[i] * Width, Y + i * Width, Width * sizeof(T), Width * sizeof(T));
        }
    }

    private struct AddRange : IVectorRange
    {
        public float* Dy, Dtable;
        public long* Ids;
        public long Count, Padding;
        public nint Width;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint first = (nint)begin * 16, last = Math.Min((nint)end * 16, Width);
            for (long i = 0; i < Count; i++)
            {
                if (Ids[i] == Padding)
                    continue;
                float* to = Dtable + (nint)Ids[i] * Width, from = Dy + (nint)i * Width;
                for (nint j = first; j < last; j += 16)
                {
                    nint n = Math.Min(16, last - j);
                    (V.Load(to + j, n) + V.Load(from + j, n)).Store(to + j, n);
                }
            }
        }
    }
}
