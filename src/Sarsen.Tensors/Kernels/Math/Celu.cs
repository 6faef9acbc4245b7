using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x where x &gt; 0, else α (e^(x/α) - 1); dx = dy, or (y / α + 1) · dy. PyTorch's default α is 1.
/// Source: Barron, arXiv:1704.07483 (2017).
/// </summary>
public readonly struct Celu(double alpha) : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), x, V.Create((float)alpha) * Expm1.Of(Lanes.AtMost(x, 0) * V.Create((float)(1 / alpha))));

    public double Apply(double x) => x > 0 ? x : alpha * Wide.Expm1(x / alpha);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), dy, dy * V.Fma(y, V.Create((float)(1 / alpha)), V.Create(1)));

    public double Backward(double x, double y, double dy) => x > 0 ? dy : dy * (y / alpha + 1);
}
