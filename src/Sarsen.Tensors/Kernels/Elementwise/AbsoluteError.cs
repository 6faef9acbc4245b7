using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Absolute error |a - b|, the elements of an L1 loss: da = sign(a - b) dy, db = -da, 0 where equal.
/// </summary>
public readonly struct AbsoluteError : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => Lanes.Abs(a - b);

    public double Apply(double a, double b) => Math.Abs(a - b);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => default(Abs).Backward(a - b, default, dy);

    public double BackwardA(double a, double b, double dy) => default(Abs).Backward(a - b, default, dy);

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => default(Abs).Backward(b - a, default, dy);

    public double BackwardB(double a, double b, double dy) => default(Abs).Backward(b - a, default, dy);
}
