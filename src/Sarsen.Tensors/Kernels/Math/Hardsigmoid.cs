using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = min(max(x / 6 + 1/2, 0), 1), dx = dy / 6 where -3 &lt; x &lt; 3, else 0; PyTorch's.
/// </summary>
public readonly struct Hardsigmoid : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.AtMost(Lanes.AtLeast(V.Fma(x, V.Create(1f / 6), V.Create(0.5f)), 0), 1);

    public double Apply(double x) => Math.Clamp(x / 6 + 0.5, 0, 1);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * V.Create(1f / 6) & V.Less(V.Create(-3), x) & V.Less(x, V.Create(3));

    public double Backward(double x, double y, double dy) => x > -3 && x < 3 ? dy / 6 : 0;
}
