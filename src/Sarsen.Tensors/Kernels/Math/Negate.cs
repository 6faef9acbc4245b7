using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = -x, dx = -dy.
/// </summary>
public readonly struct Negate : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.Negate(x);

    public double Apply(double x) => -x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => Lanes.Negate(dy);

    public double Backward(double x, double y, double dy) => -dy;
}
