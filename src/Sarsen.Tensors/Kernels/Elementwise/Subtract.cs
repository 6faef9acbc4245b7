using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = a - b, da = dy, db = -dy.</summary>
public readonly struct Subtract : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool PassesToA => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => a - b;

    public double Apply(double a, double b) => a - b;

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => dy;

    public double BackwardA(double a, double b, double dy) => dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => Lanes.Negate(dy);

    public double BackwardB(double a, double b, double dy) => -dy;
}
