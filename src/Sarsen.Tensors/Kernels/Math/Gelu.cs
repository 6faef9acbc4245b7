using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Exact: y = x Φ(x) = x (1 + erf(x / √2)) / 2, dx = (Φ(x) + x φ(x)) · dy, φ the normal density.
/// Absolute error below 1e-7 · max(1, |x|), as PyTorch's: Φ(-|x|) is e^g(|x|), g fitted for the least error of x Φ(x). Source: Hendrycks, Gimpel, arXiv 1606.08415.
/// </summary>
public readonly struct Gelu : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    private static V Cdf<V>(V x) where V : struct, IVector<V>
    {
        V size = Lanes.Abs(x), t = Lanes.AtMost(size, 5.66f);
        V g = V.Create(-1.3807742e-06f);
        g = V.Fma(g, t, V.Create(2.0291117e-05f));
        g = V.Fma(g, t, V.Create(-9.572279e-05f));
        g = V.Fma(g, t, V.Create(-0.00017564749f));
        g = V.Fma(g, t, V.Create(0.0050019853f));
        g = V.Fma(g, t, V.Create(-0.036461624f));
        g = V.Fma(g, t, V.Create(-0.31827394f));
        g = V.Fma(g, t, V.Create(-0.79788846f));
        g = V.Fma(g, t, V.Create(-0.6931471f));
        // Beyond, the tail is less than the error, and times a large x it would be seen.
        V tail = V.Select(V.Less(V.Create(5.66f), size), V.Create(0), Exp.OfNormal(g));
        return V.Select(V.Less(x, V.Create(0)), tail, V.Create(1) - tail);
    }

    [MethodImpl(Inline)]
    private static V Density<V>(V x) where V : struct, IVector<V> =>
        V.Create(0.39894228f) * Exp.Of(x * x * V.Create(-0.5f));

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => x * Cdf(x);

    public double Apply(double x) => x * Wide.NormalCdf(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Fma(x, Density(x), Cdf(x)) * dy;

    public double Backward(double x, double y, double dy) => (Wide.NormalCdf(x) + x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)) * dy;
}
