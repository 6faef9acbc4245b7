using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = ln x, dx = dy / x, within 2 ULP; -∞ at 0, NaN below.
/// x = 2ᵉ m, √½ ≤ m &lt; √2, f = m - 1, ln m = f - f²/2 + f³ P(f) with P fitted for the least relative error.
/// </summary>
public readonly struct Log : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V tiny = V.Less(x, V.Create(1.1754944e-38f));
        V scaled = V.Select(tiny, x * V.Create(8388608f), x);
        V e = V.ShiftRight(V.SubtractBits(scaled, V.FromBits(0x3F3504F3)), 23);
        V f = V.SubtractBits(scaled, V.ShiftLeft(e, 23)) - V.Create(1);
        V magic = V.Create(12582912f);
        V exponent = V.AddBits(e, magic) - magic - (tiny & V.Create(23));
        V y = V.Fma(exponent, V.Create(0.693145751953125f), OnePlus(f, exponent * V.Create(1.4286068e-6f)));
        V infinity = V.Create(float.PositiveInfinity);
        y = V.Select(V.Less(x, infinity), y, x);
        y = V.Select(V.Equal(x, V.Create(0)), Lanes.Negate(infinity), y);
        return V.Select(V.Less(x, V.Create(0)), V.Create(float.NaN), y);
    }

    /// <summary>ln(1 + f) + low, √½ ≤ 1 + f &lt; √2.</summary>
    [MethodImpl(Inline)]
    internal static V OnePlus<V>(V f, V low) where V : struct, IVector<V>
    {
        V p = V.Create(0.06750956f);
        p = V.Fma(p, f, V.Create(-0.11671449f));
        p = V.Fma(p, f, V.Create(0.11883568f));
        p = V.Fma(p, f, V.Create(-0.12406032f));
        p = V.Fma(p, f, V.Create(0.14220327f));
        p = V.Fma(p, f, V.Create(-0.16667996f));
        p = V.Fma(p, f, V.Create(0.20002073f));
        p = V.Fma(p, f, V.Create(-0.2500001f));
        p = V.Fma(p, f, V.Create(0.33333313f));
        V square = f * f;
        return f + V.Fma(square, V.Fma(p, f, V.Create(-0.5f)), low);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Math.Log(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy / x;

    public double Backward(double x, double y, double dy) => dy / x;
}
