using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The approximation by tanh: u = √(2/π) (x + 0.044715 x³), y = x (1 + tanh u) / 2,
/// dx = ((1 + tanh u) / 2 + x (1 - tanh² u) u' / 2) · dy. Absolute error below 1e-7 · max(1, |x|) to its own formula.
/// Source: Hendrycks, Gimpel, arXiv 1606.08415; GPT-2's activation.
/// </summary>
public readonly struct GeluTanh : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    private static V Inner<V>(V x) where V : struct, IVector<V> =>
        x * V.Fma(x * x, V.Create(0.035677407f), V.Create(0.7978846f));

    [MethodImpl(Inline)]
    private static V Slope<V>(V x) where V : struct, IVector<V>
    {
        V one = V.Create(1), half = V.Create(0.5f), t = Tanh.Of(Inner(x));
        V inner = V.Fma(x * x, V.Create(0.10703222f), V.Create(0.7978846f));
        V cut = V.Fma(Lanes.Negate(t), t, one);
        // Where tanh is saturated the second term is zero, also when x² overflows.
        V second = V.Select(V.Equal(cut, V.Create(0)), cut, half * x * cut * inner);
        return V.Fma(half, t, half) + second;
    }

    private static double Inner(double x) => Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);

    private static double Slope(double x)
    {
        double t = Math.Tanh(Inner(x));
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Create(0.5f) * x * (V.Create(1) + Tanh.Of(Inner(x)));

    public double Apply(double x) => 0.5 * x * (1 + Math.Tanh(Inner(x)));

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => Slope(x) * dy;

    public double Backward(double x, double y, double dy) => Slope(x) * dy;
}
