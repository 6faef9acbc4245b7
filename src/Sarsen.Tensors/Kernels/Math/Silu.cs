using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x σ(x), dx = σ(x) (1 + x (1 - σ(x))) · dy, within 3 ULP, plus 1e-45 |x| where σ is denormal.
/// Source: Elfwing, Uchibe, Doya, Neural Networks 107 (2018).
/// </summary>
public readonly struct Silu : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    private static V Slope<V>(V x) where V : struct, IVector<V>
    {
        V one = V.Create(1), s = Sigmoid.Of(x);
        return s * V.Fma(x, one - s, one);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => x * Sigmoid.Of(x);

    public double Apply(double x) => x * Wide.Sigmoid(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => Slope(x) * dy;

    public double Backward(double x, double y, double dy) => Wide.Sigmoid(x) * (1 + x * (1 - Wide.Sigmoid(x))) * dy;
}
