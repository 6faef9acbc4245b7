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

    /// <summary>Rows of <paramref name="bytes"/> bytes along the middle of x (outer, rows, bytes): y[o, i] = x[o, ids[i]], of (outer, count, bytes).</summary>
    public static void Select(Workers workers, byte* x, long* ids, byte* y, long outer, long rows, long count, long bytes)
    {
        var range = new SelectRange { X = x, Ids = ids, Y = y, Rows = rows, Count = count, Bytes = bytes };
        VectorRanges.For(workers, ref range, outer * count, 4 + bytes / sizeof(float));
    }

    /// <summary>
    /// Adds into dtable; dy of the padding id, -1 for none, is left out. Chunks own ranges of columns, not of ids, so each
    /// sum has one order.
    /// </summary>
    public static void Backward(Workers workers, float* dy, long* ids, float* dtable, long count, long width, long paddingId = -1)
    {
        // Columns of one chunk: so many that a row's are read in one go, so few that there are eight chunks.
        nint columns = (nint)Math.Max(1, width / (8 * 16)) * 16;
        var range = new AddRange { Dy = dy, Ids = ids, Dtable = dtable, Count = count, Width = (nint)width, Padding = paddingId, Columns = columns };
        VectorRanges.For(workers, ref range, (width + columns - 1) / columns, columns * count);
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
    public static void OneHot<T>(Workers workers, long* ids, T* y, long count, long classes) where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var range = new OneHotRange<T> { Ids = ids, Y = y, Classes = classes };
        VectorRanges.For(workers, ref range, count, 4 + classes);
    }

    private struct OneHotRange<T> : IVectorRange where T : unmanaged, System.Numerics.INumberBase<T>
    {
        public long* Ids;
        public T* Y;
        public long Classes;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long i = begin; i < end; i++)
            {
                for (long c = 0; c < Classes; c++)
                    Y[i * Classes + c] = c == Ids[i] ? T.One : T.Zero;
            }
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

    private struct SelectRange : IVectorRange
    {
        public byte* X, Y;
        public long* Ids;
        public long Rows, Count, Bytes;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long row = begin; row < end; row++)
                Buffer.MemoryCopy(X + (row / Count * Rows + Ids[row % Count]) * Bytes, Y + row * Bytes, Bytes, Bytes);
        }
    }

    private struct AddRange : IVectorRange
    {
        public float* Dy, Dtable;
        public long* Ids;
        public long Count, Padding;
        public nint Width, Columns;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            nint first = (nint)begin * Columns, last = Math.Min((nint)end * Columns, Width);
            for (long i = 0; i < Count; i++)
            {
                if (Ids[i] == Padding)
                    continue;
                float* to = Dtable + (nint)Ids[i] * Width, from = Dy + (nint)i * Width;
                nint j = first;
                for (; j <= last - 16; j += 16)
                    (V.Load(to + j) + V.Load(from + j)).Store(to + j);
                if (j < last)
                    (V.Load(to + j, last - j) + V.Load(from + j, last - j)).Store(to + j, last - j);
            }
        }
    }
}
