using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// F(4 × 4, 3 × 3), by the points 0, ±3/4, ±3/2 and ∞: 36 multiplications in place of 144. f32 holds these points and their
/// powers exactly, and errors grow less by them than by the usual 0, ±1, ±2 and ∞: the root mean square error is up to five
/// times that of plain sums, the more the more channels (Barabasz, Anderson, Soodhalter and Gregg, "Error Analysis and
/// Improving the Accuracy of Winograd Convolution for Deep Neural Networks", arXiv 1803.10986, on how to choose points).
/// </summary>
internal readonly unsafe struct WinogradTile4 : IWinogradTile
{
    // One over the product of a point's distances from the others.
    private const float AtZero = 1 / (A2 * B2), AtA = 1 / (2 * A2 * (A2 - B2)), AtB = 1 / (2 * B2 * (B2 - A2));

    private const float A = 3f / 4, B = 3f / 2, A2 = A * A, B2 = B * B, A3 = A2 * A, B3 = B2 * B;

    public static int Outputs => 4;

    public static int Size => 6;

    public static void Input<V>(float* d, nint rowStep, float* target, nint step) where V : struct, IVector<V>
    {
        float* d1 = d + rowStep, d2 = d1 + rowStep, d3 = d2 + rowStep, d4 = d3 + rowStep, d5 = d4 + rowStep;
        InputEnd<V>(d, d2, d4, target, step);
        InputPair<V>(A, B2, d1, d2, d3, d4, target + (6 * step), step);
        InputPair<V>(B, A2, d1, d2, d3, d4, target + (18 * step), step);
        InputEnd<V>(d1, d3, d5, target + (30 * step), step);
    }

    // Methods of their own, small enough for the compiler to inline what they call and to keep all in registers.

    /// <summary>The row of the point 0 or ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void InputEnd<V>(float* d0, float* d2, float* d4, float* target, nint step) where V : struct, IVector<V> =>
        InputRow(End<V>(d0, d2, d4), End<V>(d0 + 16, d2 + 16, d4 + 16), End<V>(d0 + 32, d2 + 32, d4 + 32),
            End<V>(d0 + 48, d2 + 48, d4 + 48), End<V>(d0 + 64, d2 + 64, d4 + 64), End<V>(d0 + 80, d2 + 80, d4 + 80), target, step);

    /// <summary>The rows of the points ±<paramref name="point"/>, from even and odd parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void InputPair<V>(float point, float otherSquared, float* d1, float* d2, float* d3, float* d4, float* target, nint step) where V : struct, IVector<V>
    {
        V even0 = Even<V>(otherSquared, d2, d4), odd0 = Odd<V>(point, otherSquared, d1, d3);
        V even1 = Even<V>(otherSquared, d2 + 16, d4 + 16), odd1 = Odd<V>(point, otherSquared, d1 + 16, d3 + 16);
        V even2 = Even<V>(otherSquared, d2 + 32, d4 + 32), odd2 = Odd<V>(point, otherSquared, d1 + 32, d3 + 32);
        V even3 = Even<V>(otherSquared, d2 + 48, d4 + 48), odd3 = Odd<V>(point, otherSquared, d1 + 48, d3 + 48);
        V even4 = Even<V>(otherSquared, d2 + 64, d4 + 64), odd4 = Odd<V>(point, otherSquared, d1 + 64, d3 + 64);
        V even5 = Even<V>(otherSquared, d2 + 80, d4 + 80), odd5 = Odd<V>(point, otherSquared, d1 + 80, d3 + 80);
        InputRow(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3, even4 + odd4, even5 + odd5, target, step);
        InputRow(even0 - odd0, even1 - odd1, even2 - odd2, even3 - odd3, even4 - odd4, even5 - odd5, target + (6 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputRow<V>(V x0, V x1, V x2, V x3, V x4, V x5, float* target, nint step) where V : struct, IVector<V>
    {
        End(x0, x2, x4).Store(target);
        V even = Even(B2, x2, x4), odd = Odd(A, B2, x1, x3);
        (even + odd).Store(target + step);
        (even - odd).Store(target + (2 * step));
        even = Even(A2, x2, x4);
        odd = Odd(B, A2, x1, x3);
        (even + odd).Store(target + (3 * step));
        (even - odd).Store(target + (4 * step));
        End(x1, x3, x5).Store(target + (5 * step));
    }

    /// <summary>The points 0 and ∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V End<V>(V x0, V x2, V x4) where V : struct, IVector<V> => V.Fma(V.Create(A2 * B2), x0, V.Fma(V.Create(-(A2 + B2)), x2, x4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V End<V>(float* x0, float* x2, float* x4) where V : struct, IVector<V> => End(V.Load(x0), V.Load(x2), V.Load(x4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Even<V>(float otherSquared, V x2, V x4) where V : struct, IVector<V> => V.Fma(V.Create(-otherSquared), x2, x4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Even<V>(float otherSquared, float* x2, float* x4) where V : struct, IVector<V> => Even(otherSquared, V.Load(x2), V.Load(x4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Odd<V>(float point, float otherSquared, V x1, V x3) where V : struct, IVector<V> =>
        V.Fma(V.Create(point), x3, V.Create(-(point * otherSquared)) * x1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Odd<V>(float point, float otherSquared, float* x1, float* x3) where V : struct, IVector<V> => Odd(point, otherSquared, V.Load(x1), V.Load(x3));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weight<V>(float* g, nint tapStep, float* target, nint step) where V : struct, IVector<V>
    {
        float* down = stackalloc float[6 * 3 * 16];
        for (nint column = 0; column < 3; column++)
            WeightLine<V>(g + (column * tapStep), 3 * tapStep, down + (column * 16), 3 * 16);
        for (nint row = 0; row < 6; row++)
            WeightLine<V>(down + (row * 3 * 16), 16, target + (row * 6 * step), step);
    }

    /// <summary>The polynomial g₀ + g₁ x + g₂ x² at the points, each over the product of its distances from the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine<V>(float* g, nint tapStep, float* target, nint step) where V : struct, IVector<V>
    {
        V g0 = V.Load(g), g1 = V.Load(g + tapStep), g2 = V.Load(g + (2 * tapStep));
        (V.Create(AtZero) * g0).Store(target);
        V even = V.Create(AtA) * V.Fma(V.Create(A2), g2, g0), odd = V.Create(A * AtA) * g1;
        (even + odd).Store(target + step);
        (even - odd).Store(target + (2 * step));
        even = V.Create(AtB) * V.Fma(V.Create(B2), g2, g0);
        odd = V.Create(B * AtB) * g1;
        (even + odd).Store(target + (3 * step));
        (even - odd).Store(target + (4 * step));
        g2.Store(target + (5 * step));
    }

    public static void Output<V>(float* p, nint step, float* y, nint rowStep) where V : struct, IVector<V>
    {
        OutputEvens<V>(p, step, y, rowStep);
        OutputOdds<V>(p, step, y, rowStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void OutputEvens<V>(float* p, nint step, float* y, nint rowStep) where V : struct, IVector<V>
    {
        nint row = 6 * step;
        OutputEven<V>(p, row, out V a0, out V b0);
        OutputEven<V>(p + step, row, out V a1, out V b1);
        OutputEven<V>(p + (2 * step), row, out V a2, out V b2);
        OutputEven<V>(p + (3 * step), row, out V a3, out V b3);
        OutputEven<V>(p + (4 * step), row, out V a4, out V b4);
        OutputEven<V>(p + (5 * step), row, out V a5, out V b5);
        OutputRow(a0, a1, a2, a3, a4, a5, y);
        OutputRow(b0, b1, b2, b3, b4, b5, y + (2 * rowStep));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void OutputOdds<V>(float* p, nint step, float* y, nint rowStep) where V : struct, IVector<V>
    {
        nint row = 6 * step;
        OutputOdd<V>(p, row, out V a0, out V b0);
        OutputOdd<V>(p + step, row, out V a1, out V b1);
        OutputOdd<V>(p + (2 * step), row, out V a2, out V b2);
        OutputOdd<V>(p + (3 * step), row, out V a3, out V b3);
        OutputOdd<V>(p + (4 * step), row, out V a4, out V b4);
        OutputOdd<V>(p + (5 * step), row, out V a5, out V b5);
        OutputRow(a0, a1, a2, a3, a4, a5, y + rowStep);
        OutputRow(b0, b1, b2, b3, b4, b5, y + (3 * rowStep));
    }

    /// <summary>Rows 0 and 2 of Aᵀ, for one column of p.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputEven<V>(float* p, nint row, out V first, out V third) where V : struct, IVector<V>
    {
        V a = V.Load(p + row) + V.Load(p + (2 * row)), b = V.Load(p + (3 * row)) + V.Load(p + (4 * row));
        first = V.Load(p) + a + b;
        third = V.Fma(V.Create(A2), a, V.Create(B2) * b);
    }

    /// <summary>Rows 1 and 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputOdd<V>(float* p, nint row, out V second, out V fourth) where V : struct, IVector<V>
    {
        V a = V.Load(p + row) - V.Load(p + (2 * row)), b = V.Load(p + (3 * row)) - V.Load(p + (4 * row));
        second = V.Fma(V.Create(A), a, V.Create(B) * b);
        fourth = V.Fma(V.Create(A3), a, V.Fma(V.Create(B3), b, V.Load(p + (5 * row))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputRow<V>(V x0, V x1, V x2, V x3, V x4, V x5, float* y) where V : struct, IVector<V>
    {
        V a = x1 + x2, b = x3 + x4, c = x1 - x2, d = x3 - x4;
        (x0 + a + b).Store(y);
        V.Fma(V.Create(A), c, V.Create(B) * d).Store(y + 16);
        V.Fma(V.Create(A2), a, V.Create(B2) * b).Store(y + 32);
        V.Fma(V.Create(A3), c, V.Fma(V.Create(B3), d, x5)).Store(y + 48);
    }

    public static void OutputGradient<V>(float* dy, nint rowStep, float* target, nint step) where V : struct, IVector<V>
    {
        float* dy1 = dy + rowStep, dy2 = dy1 + rowStep, dy3 = dy2 + rowStep;
        OutputGradientRow(V.Load(dy), V.Load(dy + 16), V.Load(dy + 32), V.Load(dy + 48), target, step);
        OutputGradientPair<V>(A, A2, A3, dy, dy1, dy2, dy3, target + (6 * step), step);
        OutputGradientPair<V>(B, B2, B3, dy, dy1, dy2, dy3, target + (18 * step), step);
        OutputGradientRow(V.Load(dy3), V.Load(dy3 + 16), V.Load(dy3 + 32), V.Load(dy3 + 48), target + (30 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void OutputGradientPair<V>(float point, float squared, float cubed, float* dy, float* dy1, float* dy2, float* dy3, float* target, nint step)
        where V : struct, IVector<V>
    {
        V second = V.Create(squared), first = V.Create(point), third = V.Create(cubed);
        V even0 = V.Fma(second, V.Load(dy2), V.Load(dy)), odd0 = V.Fma(third, V.Load(dy3), first * V.Load(dy1));
        V even1 = V.Fma(second, V.Load(dy2 + 16), V.Load(dy + 16)), odd1 = V.Fma(third, V.Load(dy3 + 16), first * V.Load(dy1 + 16));
        V even2 = V.Fma(second, V.Load(dy2 + 32), V.Load(dy + 32)), odd2 = V.Fma(third, V.Load(dy3 + 32), first * V.Load(dy1 + 32));
        V even3 = V.Fma(second, V.Load(dy2 + 48), V.Load(dy + 48)), odd3 = V.Fma(third, V.Load(dy3 + 48), first * V.Load(dy1 + 48));
        OutputGradientRow(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3, target, step);
        OutputGradientRow(even0 - odd0, even1 - odd1, even2 - odd2, even3 - odd3, target + (6 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputGradientRow<V>(V x0, V x1, V x2, V x3, float* target, nint step) where V : struct, IVector<V>
    {
        x0.Store(target);
        V even = V.Fma(V.Create(A2), x2, x0), odd = V.Fma(V.Create(A3), x3, V.Create(A) * x1);
        (even + odd).Store(target + step);
        (even - odd).Store(target + (2 * step));
        even = V.Fma(V.Create(B2), x2, x0);
        odd = V.Fma(V.Create(B3), x3, V.Create(B) * x1);
        (even + odd).Store(target + (3 * step));
        (even - odd).Store(target + (4 * step));
        x3.Store(target + (5 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient<V>(float* u, nint step, float* g, nint tapStep) where V : struct, IVector<V>
    {
        float* across = stackalloc float[6 * 3 * 16];
        for (nint row = 0; row < 6; row++)
            WeightGradientLine<V>(u + (row * 6 * step), step, across + (row * 3 * 16), 16);
        for (nint column = 0; column < 3; column++)
            WeightGradientLine<V>(across + (column * 16), 3 * 16, g + (column * tapStep), 3 * tapStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightGradientLine<V>(float* u, nint step, float* g, nint tapStep) where V : struct, IVector<V>
    {
        V u1 = V.Load(u + step), u2 = V.Load(u + (2 * step)), u3 = V.Load(u + (3 * step)), u4 = V.Load(u + (4 * step));
        V evenA = V.Create(AtA) * (u1 + u2), evenB = V.Create(AtB) * (u3 + u4);
        V.Fma(V.Create(AtZero), V.Load(u), evenA + evenB).Store(g);
        V.Fma(V.Create(A * AtA), u1 - u2, V.Create(B * AtB) * (u3 - u4)).Store(g + tapStep);
        V.Fma(V.Create(A2), evenA, V.Fma(V.Create(B2), evenB, V.Load(u + (5 * step)))).Store(g + (2 * tapStep));
    }
}
