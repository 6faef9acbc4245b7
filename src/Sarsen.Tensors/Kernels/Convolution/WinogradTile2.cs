using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// F(2 × 2, 3 × 3), by the points 0, 1, −1 and ∞: 16 multiplications in place of 36. The root mean square error is
/// less than twice that of plain sums.
/// </summary>
internal readonly unsafe struct WinogradTile2 : IWinogradTile
{
    public static int Outputs => 2;

    public static int Size => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Input<V>(float* d, nint rowStep, float* target, nint step) where V : struct, IVector<V>
    {
        float* d1 = d + rowStep, d2 = d1 + rowStep, d3 = d2 + rowStep;
        InputRow(V.Load(d) - V.Load(d2), V.Load(d + 16) - V.Load(d2 + 16), V.Load(d + 32) - V.Load(d2 + 32), V.Load(d + 48) - V.Load(d2 + 48), target, step);
        InputRow(V.Load(d1) + V.Load(d2), V.Load(d1 + 16) + V.Load(d2 + 16), V.Load(d1 + 32) + V.Load(d2 + 32), V.Load(d1 + 48) + V.Load(d2 + 48), target + (4 * step), step);
        InputRow(V.Load(d2) - V.Load(d1), V.Load(d2 + 16) - V.Load(d1 + 16), V.Load(d2 + 32) - V.Load(d1 + 32), V.Load(d2 + 48) - V.Load(d1 + 48), target + (8 * step), step);
        InputRow(V.Load(d1) - V.Load(d3), V.Load(d1 + 16) - V.Load(d3 + 16), V.Load(d1 + 32) - V.Load(d3 + 32), V.Load(d1 + 48) - V.Load(d3 + 48), target + (12 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputRow<V>(V x0, V x1, V x2, V x3, float* target, nint step) where V : struct, IVector<V>
    {
        (x0 - x2).Store(target);
        (x1 + x2).Store(target + step);
        (x2 - x1).Store(target + (2 * step));
        (x1 - x3).Store(target + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Weight<V>(float* g, nint tapStep, float* target, nint step) where V : struct, IVector<V>
    {
        float* down = stackalloc float[4 * 3 * 16];
        for (nint column = 0; column < 3; column++)
            WeightLine<V>(g + (column * tapStep), 3 * tapStep, down + (column * 16), 3 * 16);
        for (nint row = 0; row < 4; row++)
            WeightLine<V>(down + (row * 3 * 16), 16, target + (row * 4 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightLine<V>(float* g, nint tapStep, float* target, nint step) where V : struct, IVector<V>
    {
        V g0 = V.Load(g), g1 = V.Load(g + tapStep), g2 = V.Load(g + (2 * tapStep)), half = V.Create(0.5f), ends = half * (g0 + g2);
        g0.Store(target);
        V.Fma(half, g1, ends).Store(target + step);
        V.Fma(V.Create(-0.5f), g1, ends).Store(target + (2 * step));
        g2.Store(target + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output<V>(float* p, nint step, float* y, nint rowStep) where V : struct, IVector<V>
    {
        float* p1 = p + (4 * step), p2 = p1 + (4 * step), p3 = p2 + (4 * step);
        Above<V>(p, p1, p2, out V a0);
        Above<V>(p + step, p1 + step, p2 + step, out V a1);
        Above<V>(p + (2 * step), p1 + (2 * step), p2 + (2 * step), out V a2);
        Above<V>(p + (3 * step), p1 + (3 * step), p2 + (3 * step), out V a3);
        OutputRow(a0, a1, a2, a3, y);
        Below<V>(p1, p2, p3, out V b0);
        Below<V>(p1 + step, p2 + step, p3 + step, out V b1);
        Below<V>(p1 + (2 * step), p2 + (2 * step), p3 + (2 * step), out V b2);
        Below<V>(p1 + (3 * step), p2 + (3 * step), p3 + (3 * step), out V b3);
        OutputRow(b0, b1, b2, b3, y + rowStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Above<V>(float* p0, float* p1, float* p2, out V sum) where V : struct, IVector<V> => sum = V.Load(p0) + V.Load(p1) + V.Load(p2);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Below<V>(float* p1, float* p2, float* p3, out V sum) where V : struct, IVector<V> => sum = V.Load(p1) - V.Load(p2) - V.Load(p3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputRow<V>(V x0, V x1, V x2, V x3, float* y) where V : struct, IVector<V>
    {
        (x0 + x1 + x2).Store(y);
        (x1 - x2 - x3).Store(y + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void OutputGradient<V>(float* dy, nint rowStep, float* target, nint step) where V : struct, IVector<V>
    {
        V a0 = V.Load(dy), a1 = V.Load(dy + 16), b0 = V.Load(dy + rowStep), b1 = V.Load(dy + rowStep + 16), zero = V.Create(0);
        OutputGradientRow(a0, a1, target, step);
        OutputGradientRow(a0 + b0, a1 + b1, target + (4 * step), step);
        OutputGradientRow(a0 - b0, a1 - b1, target + (8 * step), step);
        OutputGradientRow(zero - b0, zero - b1, target + (12 * step), step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputGradientRow<V>(V x0, V x1, float* target, nint step) where V : struct, IVector<V>
    {
        x0.Store(target);
        (x0 + x1).Store(target + step);
        (x0 - x1).Store(target + (2 * step));
        (V.Create(0) - x1).Store(target + (3 * step));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightGradient<V>(float* u, nint step, float* g, nint tapStep) where V : struct, IVector<V>
    {
        float* across = stackalloc float[4 * 3 * 16];
        for (nint row = 0; row < 4; row++)
            WeightGradientLine<V>(u + (row * 4 * step), step, across + (row * 3 * 16), 16);
        for (nint column = 0; column < 3; column++)
            WeightGradientLine<V>(across + (column * 16), 3 * 16, g + (column * tapStep), 3 * tapStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightGradientLine<V>(float* u, nint step, float* g, nint tapStep) where V : struct, IVector<V>
    {
        V u1 = V.Load(u + step), u2 = V.Load(u + (2 * step)), half = V.Create(0.5f), ends = half * (u1 + u2);
        (V.Load(u) + ends).Store(g);
        (half * (u1 - u2)).Store(g + tapStep);
        (V.Load(u + (3 * step)) + ends).Store(g + (2 * tapStep));
    }
}
