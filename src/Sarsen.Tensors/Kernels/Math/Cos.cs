using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = cos x, x in radians of any size, dx = -sin(x) · dy, within 2 ULP; NaN at infinity.
/// See <see cref="Circle"/>.
/// </summary>
public readonly struct Cos : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V> => Circle.Of(x, quarter: 1);

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Math.Cos(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => Lanes.Negate(dy * Sin.Of(x));

    public double Backward(double x, double y, double dy) => -dy * Math.Sin(x);
}
