using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>What happens between an element of x and the element that stands beside its index; one file for all, as each is one line.</summary>
public unsafe interface IIndexMove<T> where T : unmanaged
{
    static abstract void Move(T* x, T* element);
}

/// <summary>element = x: gather, and scatter's gradient of what was put.</summary>
public readonly unsafe struct IndexPick<T> : IIndexMove<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* x, T* element) => *element = *x;
}

/// <summary>x = element: scatter.</summary>
public readonly unsafe struct IndexPut<T> : IIndexMove<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* x, T* element) => *x = *element;
}

/// <summary>x += element: scatter_add, and gather's gradient.</summary>
public readonly unsafe struct IndexAdd<T> : IIndexMove<T> where T : unmanaged, INumberBase<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* x, T* element) => *x += *element;
}

/// <summary>x = 0, the element is not looked at: scatter's gradient of what was there before.</summary>
public readonly unsafe struct IndexClear<T> : IIndexMove<T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Move(T* x, T* element) => *x = default;
}

/// <summary>
/// Goes through the elements (…, i, …) that an index names along one dimension of x: x[…, index[…, i, …], …] meets
/// elements[…, i, …]. All three are contiguous and of one rank; in the other dimensions the index is no larger than x, or
/// it has the indexed dimension alone and says the same everywhere. Lines along the dimension share no element of x, so
/// they are what workers are given; within one i ascends, so of two that meet in x the order is always the same.
/// </summary>
public static unsafe class IndexMove
{
    /// <param name="workers">Who does it.</param>
    /// <param name="x">The shape of x.</param>
    /// <param name="elements">The shape of the elements, that of the index where it is not <paramref name="shared"/>.</param>
    /// <param name="dim">The dimension along which the index points.</param>
    /// <param name="index">In 0 … x[dim] - 1.</param>
    /// <param name="shared">The index is (elements[dim]), the same for all lines.</param>
    /// <param name="data">x itself.</param>
    /// <param name="beside">The elements; where the move looks at none, anything.</param>
    public static void Run<T, TMove>(Workers workers, in Shape x, in Shape elements, int dim, long* index, bool shared, T* data, T* beside)
        where T : unmanaged where TMove : struct, IIndexMove<T>
    {
        if (elements.Count == 0)
            return;
        (long lines, long inner, bool alike) = (elements.Count / elements[dim], 1, true);
        for (int d = dim + 1; d < elements.Rank; d++)
        {
            inner *= elements[d];
            alike &= elements[d] == x[d];
        }
        Shape strides = x.Contiguous();
        var range = new Range<T, TMove>
        {
            Elements = elements,
            Strides = strides,
            Dim = dim,
            Index = index,
            Shared = shared,
            X = data,
            Beside = beside,
            Inner = inner,
            Step = strides[dim],
            Alike = alike,
        };
        VectorRanges.For(workers, ref range, lines, 2 * elements[dim]);
    }

    private struct Range<T, TMove> : IVectorRange where T : unmanaged where TMove : struct, IIndexMove<T>
    {
        public Shape Elements, Strides;
        public int Dim;
        public long* Index;
        public bool Shared, Alike;
        public T* X, Beside;
        public long Inner, Step;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long line = begin; line < end;)
            {
                // Lines side by side go together, element by element: their memory is.
                (long outer, long first) = (line / Inner, line % Inner);
                long count = Alike ? Math.Min(end - line, Inner - first) : 1;
                Lines(outer * Elements[Dim] * Inner + first, Place(line), count);
                line += count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Lines(long at, long place, long count)
        {
            long n = Elements[Dim];
            T* x = X + place;
            for (long i = 0; i < n; i++)
            {
                T* element = Beside + at + i * Inner;
                if (Shared)
                {
                    T* row = x + Index[i] * Step;
                    for (long j = 0; j < count; j++)
                        TMove.Move(row + j, element + j);
                    continue;
                }
                long* index = Index + at + i * Inner;
                for (long j = 0; j < count; j++)
                    TMove.Move(x + index[j] * Step + j, element + j);
            }
        }

        /// <summary>Where in x a line begins.</summary>
        private readonly long Place(long line)
        {
            long place = 0;
            for (int d = Elements.Rank - 1; d >= 0; d--)
            {
                if (d == Dim)
                    continue;
                (line, long at) = Math.DivRem(line, Elements[d]);
                place += at * Strides[d];
            }
            return place;
        }
    }
}
