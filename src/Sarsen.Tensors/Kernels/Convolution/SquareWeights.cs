using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>The rows of a plane as a window of 3 × 3 neighbours sees them.</summary>
internal interface ISquareRows
{
    /// <summary>Sixteen columns of a row under the three taps of the window; zeros beyond the plane.</summary>
    /// <param name="row">From the row under the first tap of the first result.</param>
    /// <param name="column">The first column of the results.</param>
    /// <param name="count">How many of the sixteen are wanted.</param>
    /// <param name="left">Under the left tap.</param>
    /// <param name="middle">Under the middle one.</param>
    /// <param name="right">Under the right one.</param>
    void Load<V>(nint row, nint column, nint count, out V left, out V middle, out V right) where V : struct, IVector<V>;
}

/// <summary>The weight gradient of a window of 3 × 3 neighbours: each row of the plane meets the three rows of dy that saw it.</summary>
internal static unsafe class SquareWeights
{
    /// <summary>Adds to the sixteen lanes of each of nine weights, sixteen columns after the other, row by row in these.</summary>
    /// <param name="seen">The plane.</param>
    /// <param name="dy">(rows, width).</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="lanes">(9, 16).</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<V, TRows>(TRows seen, float* dy, nint rows, nint width, float* lanes) where V : struct, IVector<V> where TRows : struct, ISquareRows
    {
        V a = V.Load(lanes), b = V.Load(lanes + 16), c = V.Load(lanes + 32), d = V.Load(lanes + 48), e = V.Load(lanes + 64);
        V f = V.Load(lanes + 80), g = V.Load(lanes + 96), h = V.Load(lanes + 112), i = V.Load(lanes + 128);
        for (nint column = 0; column < width; column += 16)
        {
            nint count = nint.Min(16, width - column);
            float* gradient = dy + column;
            V zero = V.Create(0), last = zero, before = zero;
            for (nint r = 0; r < rows + 2; r++, gradient += width)
            {
                V now = r < rows ? V.Load(gradient, count) : zero;
                seen.Load(r, column, count, out V x, out V y, out V z);
                a = V.Fma(now, x, a);
                b = V.Fma(now, y, b);
                c = V.Fma(now, z, c);
                d = V.Fma(last, x, d);
                e = V.Fma(last, y, e);
                f = V.Fma(last, z, f);
                g = V.Fma(before, x, g);
                h = V.Fma(before, y, h);
                i = V.Fma(before, z, i);
                (before, last) = (last, now);
            }
        }
        a.Store(lanes);
        b.Store(lanes + 16);
        c.Store(lanes + 32);
        d.Store(lanes + 48);
        e.Store(lanes + 64);
        f.Store(lanes + 80);
        g.Store(lanes + 96);
        h.Store(lanes + 112);
        i.Store(lanes + 128);
    }
}
