using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = √x, correctly rounded, dx = dy / 2y.
/// </summary>
public readonly struct Sqrt : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Sqrt(x);

    public double Apply(double x) => Math.Sqrt(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Create(0.5f) * dy / y;

    public double Backward(double x, double y, double dy) => 0.5 * dy / y;
}
