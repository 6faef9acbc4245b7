using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Rotary position embedding: pairs of a head's elements turn by an angle that grows with the position,
/// (a, b) → (a cos - b sin, b cos + a sin). Backward turns the gradient back. Source: Su et al., «RoFormer», 2021.
/// </summary>
public static unsafe class Rotary
{
    /// <summary>Rows of (cos, sin): table[n, i] = cos(positions[n] · frequencies[i]), table[n, half + i] the sine.</summary>
    public static void Table<T>(Workers workers, long* positions, double* frequencies, T* table, long rows, int half)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var range = new TableRange<T> { Positions = positions, Frequencies = frequencies, Table = table, Half = half };
        VectorRanges.For(workers, ref range, rows, 64L * half);
    }

    /// <summary>theta^(-2i / dim), radians a position: the same bits on every machine.</summary>
    public static double Frequency(double theta, int i, int dim) => Wide.Exp(-2.0 * i / dim * Wide.Log(theta));

    /// <summary>y = x with the first 2·half elements of the first <paramref name="heads"/> heads of each row turned; the rest is copied.</summary>
    /// <param name="workers">Who does it.</param>
    /// <param name="x">Rows of <paramref name="width"/> elements, <paramref name="stride"/> apart.</param>
    /// <param name="stride">From one row of x to the next.</param>
    /// <param name="table">Of <see cref="Table"/>.</param>
    /// <param name="y">Rows without gaps.</param>
    /// <param name="rows">Rows of x, y and the table.</param>
    /// <param name="width">Elements of a row.</param>
    /// <param name="heads">Heads that turn.</param>
    /// <param name="headDim">Elements of a head.</param>
    /// <param name="half">Pairs of a head.</param>
    /// <param name="interleaved">Pairs are neighbours, (2i, 2i + 1); else (i, i + half).</param>
    /// <param name="back">Turn by the negative angle.</param>
    public static void Turn<T>(Workers workers, T* x, nint stride, T* table, T* y, long rows, nint width, int heads, int headDim, int half, bool interleaved, bool back)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var range = new TurnRange<T>
        {
            X = x,
            Table = table,
            Y = y,
            Stride = stride,
            Width = width,
            Heads = heads,
            HeadDim = headDim,
            Half = half,
            Interleaved = interleaved,
            Sign = back ? -T.One : T.One,
        };
        VectorRanges.For(workers, ref range, rows, width);
    }

    private struct TableRange<T> : IVectorRange where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public long* Positions;
        public double* Frequencies;
        public T* Table;
        public int Half;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long n = begin; n < end; n++)
            {
                for (int i = 0; i < Half; i++)
                {
                    double turns = Positions[n] * (Frequencies[i] / (2 * Math.PI));
                    ulong turn = (ulong)((turns - Math.Floor(turns)) * 18446744073709551616.0);
                    Table[n * 2 * Half + i] = T.CreateTruncating(Wide.SinTurn(unchecked(turn + (1UL << 62))));
                    Table[(n * 2 + 1) * Half + i] = T.CreateTruncating(Wide.SinTurn(turn));
                }
            }
        }
    }

    private struct TurnRange<T> : IVectorRange where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        public T* X, Table, Y;
        public nint Stride, Width;
        public int Heads, HeadDim, Half;
        public bool Interleaved;
        public T Sign;

        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long n = begin; n < end; n++)
            {
                T* x = X + (nint)n * Stride, y = Y + (nint)n * Width, table = Table + n * 2 * Half;
                new ReadOnlySpan<T>(x, checked((int)Width)).CopyTo(new Span<T>(y, (int)Width));
                for (int h = 0; h < Heads; h++)
                    Head<V>(x + h * HeadDim, y + h * HeadDim, table);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Head<V>(T* x, T* y, T* table) where V : struct, IVector<V>
        {
            if (typeof(T) == typeof(float) && !Interleaved)
            {
                Halves<V>((float*)x, (float*)y, (float*)table);
                return;
            }
            for (int i = 0; i < Half; i++)
            {
                (int first, int second) = Interleaved ? (2 * i, 2 * i + 1) : (i, i + Half);
                (T a, T b, T cos, T sin) = (x[first], x[second], table[i], Sign * table[Half + i]);
                y[first] = a * cos - b * sin;
                y[second] = b * cos + a * sin;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Halves<V>(float* x, float* y, float* table) where V : struct, IVector<V>
        {
            V sign = V.Create(float.CreateTruncating(Sign));
            for (nint i = 0; i < Half; i += 16)
            {
                nint n = nint.Min(16, Half - i);
                V a = V.Load(x + i, n), b = V.Load(x + Half + i, n), cos = V.Load(table + i, n), sin = sign * V.Load(table + Half + i, n);
                (a * cos - b * sin).Store(y + i, n);
                (b * cos + a * sin).Store(y + Half + i, n);
            }
        }
    }
}
