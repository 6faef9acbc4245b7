using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x², dx = 2x · dy.
/// </summary>
public readonly struct Square : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => x * x;

    public double Apply(double x) => x * x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Create(2) * x * dy;

    public double Backward(double x, double y, double dy) => 2 * x * dy;
}
