using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = ln(1 + x) without cancellation near zero, dx = dy / (1 + x), within 2 ULP; -∞ at -1, NaN below.
/// u = 1 + x rounded, its error c = x - (u - 1): ln u + c / u.
/// </summary>
public readonly struct Log1p : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V one = V.Create(1), u = one + x, error = V.Select(V.Less(Lanes.Abs(x), one), x - (u - one), one - (u - x));
        V y = Log.Of(u) + error / u;
        V direct = V.Less(Lanes.Abs(x + V.Create(-0.05f)), V.Create(0.3f));
        y = V.Select(direct, Log.OnePlus(x, V.Create(0)), y);
        // The correction is NaN at infinity and at -1, and the sign of zero is x's.
        V special = V.Equal(x, V.Create(float.PositiveInfinity)) | V.Equal(x, V.Create(0));
        y = V.Select(special, x, y);
        return V.Select(V.Equal(u, V.Create(0)), V.Create(float.NegativeInfinity), y);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Wide.Log1p(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy / (V.Create(1) + x);

    public double Backward(double x, double y, double dy) => dy / (1 + x);
}
