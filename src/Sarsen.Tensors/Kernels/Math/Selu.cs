using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = λ x where x &gt; 0, else λ α (eˣ - 1); dx = λ dy, or (y + λ α) · dy. λ and α keep mean 0 and variance 1.
/// Source: Klambauer et al., NeurIPS 2017.
/// </summary>
public readonly struct Selu : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => true;

    private const double Alpha = 1.6732632423543772848170429916717;
    private const double Lambda = 1.0507009873554804934193349852946;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), V.Create((float)Lambda) * x, V.Create((float)(Lambda * Alpha)) * Expm1.Of(Lanes.AtMost(x, 0)));

    public double Apply(double x) => x > 0 ? Lambda * x : Lambda * Alpha * Wide.Expm1(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), V.Create((float)Lambda) * dy, dy * (y + V.Create((float)(Lambda * Alpha))));

    public double Backward(double x, double y, double dy) => x > 0 ? Lambda * dy : dy * (y + Lambda * Alpha);
}
