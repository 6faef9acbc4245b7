using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Exact: y = x Φ(x) = x (1 + erf(x / √2)) / 2, dx = (Φ(x) + x φ(x)) · dy, φ the normal density.
/// Absolute error below 1e-7 · max(1, |x|), as PyTorch's. Source: Hendrycks, Gimpel, arXiv 1606.08415.
/// </summary>
public readonly struct Gelu : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    private static V Cdf<V>(V x) where V : struct, IVector<V> =>
        V.Fma(V.Create(0.5f), Erf.Of(x * V.Create(0.70710678f)), V.Create(0.5f));

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
