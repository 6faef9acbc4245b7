using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = 1 / √x, within 1.5 ULP, dx = -y³/2 · dy.
/// </summary>
public readonly struct Rsqrt : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Create(1) / V.Sqrt(x);

    public double Apply(double x) => 1 / Math.Sqrt(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Create(-0.5f) * dy * (y * y * y);

    public double Backward(double x, double y, double dy) => -0.5 * dy * y * y * y;
}
