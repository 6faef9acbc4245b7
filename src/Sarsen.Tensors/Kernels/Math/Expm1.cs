using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = eˣ - 1 without cancellation near zero, dx = (y + 1) · dy, within 2 ULP.
/// With x = n ln 2 + r as in <see cref="Exp"/>: 2ⁿ (eʳ - 1) + (2ⁿ - 1), computed at half its size so that 2ⁿ never overflows.
/// </summary>
public readonly struct Expm1 : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V inside = Lanes.AtMost(Lanes.AtLeast(x, -20f), 89f);
        V n = Exp.Reduce(inside, out V r);
        V p = V.Create(0.00019943496f);
        p = V.Fma(p, r, V.Create(0.0013935124f));
        p = V.Fma(p, r, V.Create(0.008333209f));
        p = V.Fma(p, r, V.Create(0.041666463f));
        p = V.Fma(p, r, V.Create(0.16666667f));
        p = V.Fma(p, r, V.Create(0.5f));
        p = V.Fma(r * r, p, r);
        V half = Lanes.PowerOfTwo(V.AddBits(n, V.FromBits(-1)));
        V y = V.Fma(half, p, half - V.Create(0.5f));
        // Below 2^-25 the result is x itself, its sign and denormals kept.
        return V.Select(V.Less(Lanes.Abs(x), V.Create(2.9802322e-8f)), x, y + y);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Wide.Expm1(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Fma(y, dy, dy);

    public double Backward(double x, double y, double dy) => (y + 1) * dy;
}
