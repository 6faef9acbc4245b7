using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = tanh x, dx = (1 - y²) · dy, within 2 ULP.
/// |x| below 0.625: x + x³ P(x²), fitted for the least relative error; above: 1 - 2 / (e^2|x| + 1).
/// </summary>
public readonly struct Tanh : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V z = x * x, size = Lanes.Abs(x), one = V.Create(1);
        V p = V.Create(-0.005695813f);
        p = V.Fma(p, z, V.Create(0.020630825f));
        p = V.Fma(p, z, V.Create(-0.05373714f));
        p = V.Fma(p, z, V.Create(0.1333141f));
        p = V.Fma(p, z, V.Create(-0.3333328f));
        V small = V.Fma(p * z, x, x);
        // tanh is 1 in f32 beyond 9.02, and the limit spares the exponential's overflow.
        V e = Exp.OfNormal(Lanes.AtMost(size + size, 20f));
        V large = Lanes.CopySign(one - V.Create(2) / (e + one), x);
        return V.Select(V.Less(size, V.Create(0.625f)), small, large);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Math.Tanh(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * V.Fma(Lanes.Negate(y), y, V.Create(1));

    public double Backward(double x, double y, double dy) => dy * (1 - y * y);
}
