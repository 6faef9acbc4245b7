using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = 1 / x, correctly rounded, dx = -y² · dy.
/// </summary>
public readonly struct Reciprocal : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Create(1) / x;

    public double Apply(double x) => 1 / x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => Lanes.Negate(dy * (y * y));

    public double Backward(double x, double y, double dy) => -dy * y * y;
}
