using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = a / b, da = dy / b, db = -(a / b) / b · dy.</summary>
public readonly struct Divide : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => a / b;

    public double Apply(double a, double b) => a / b;

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => dy / b;

    public double BackwardA(double a, double b, double dy) => dy / b;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => Lanes.Negate(dy) * (a / b / b);

    public double BackwardB(double a, double b, double dy) => -dy * (a / b / b);
}
