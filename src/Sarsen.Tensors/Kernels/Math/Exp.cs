using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = eˣ, dx = y · dy, within 1 ULP; denormal results are rounded once.
/// x = n ln 2 + r, |r| ≤ (ln 2) / 2, eʳ = 1 + r + r² q(r) with q fitted for the least relative error, then 2ⁿ in two factors
/// so that neither overflow nor denormals need a branch.
/// </summary>
public readonly struct Exp : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V> => OfAtMost89(Lanes.AtMost(x, 89f));

    /// <summary>eˣ for x up to 89: the same bits by fewer steps.</summary>
    [MethodImpl(Inline)]
    internal static V OfAtMost89<V>(V x) where V : struct, IVector<V>
    {
        V n = Reduce(Lanes.AtLeast(x, -104f), out V r);
        V p = V.Create(1) + V.Fma(r * r, Tail(r), r);
        V half = V.ShiftRight(n, 1);
        return p * Lanes.PowerOfTwo(half) * Lanes.PowerOfTwo(V.SubtractBits(n, half));
    }

    /// <summary>eˣ for |x| up to 87, whose results are normal: the same bits by fewer steps.</summary>
    [MethodImpl(Inline)]
    internal static V OfNormal<V>(V x) where V : struct, IVector<V>
    {
        V n = Reduce(x, out V r);
        return (V.Create(1) + V.Fma(r * r, Tail(r), r)) * Lanes.PowerOfTwo(n);
    }

    /// <summary>n = round(x / ln 2) as i32 and r = x - n ln 2.</summary>
    [MethodImpl(Inline)]
    internal static V Reduce<V>(V x, out V r) where V : struct, IVector<V>
    {
        // Adding 1.5 · 2²³ leaves the rounded integer in the low bits.
        V magic = V.Create(12582912f), shifted = V.Fma(x, V.Create(1.442695f), magic), n = shifted - magic;
        r = V.Fma(n, V.Create(-0.6931472f), x);
        r = V.Fma(n, V.Create(1.9046542e-9f), r);
        return V.SubtractBits(shifted, magic);
    }

    /// <summary>q(r) = (eʳ - 1 - r) / r².</summary>
    [MethodImpl(Inline)]
    internal static V Tail<V>(V r) where V : struct, IVector<V>
    {
        V p = V.Create(0.0013942214f);
        p = V.Fma(p, r, V.Create(0.008368849f));
        p = V.Fma(p, r, V.Create(0.041666385f));
        p = V.Fma(p, r, V.Create(0.1666652f));
        p = V.Fma(p, r, V.Create(0.5f));
        return p;
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Math.Exp(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => y * dy;

    public double Backward(double x, double y, double dy) => y * dy;
}
