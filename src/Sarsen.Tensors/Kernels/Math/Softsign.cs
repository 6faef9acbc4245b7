using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x / (1 + |x|), dx = dy / (1 + |x|)², within 1.5 ULP.
/// </summary>
public readonly struct Softsign : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Equal(Lanes.Abs(x), V.Create(float.PositiveInfinity)), Lanes.CopySign(V.Create(1), x), x / (V.Create(1) + Lanes.Abs(x)));

    public double Apply(double x) => double.IsInfinity(x) ? Math.Sign(x) : x / (1 + Math.Abs(x));

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy / (V.Create(1) + Lanes.Abs(x)) / (V.Create(1) + Lanes.Abs(x));

    public double Backward(double x, double y, double dy) => dy / ((1 + Math.Abs(x)) * (1 + Math.Abs(x)));
}
