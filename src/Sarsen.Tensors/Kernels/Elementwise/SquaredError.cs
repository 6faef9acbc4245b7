using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Squared error (a - b)², the elements of a mean squared error: da = 2 (a - b) dy, db = -da.
/// </summary>
public readonly struct SquaredError : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V>
    {
        V d = a - b;
        return d * d;
    }

    public double Apply(double a, double b) => (a - b) * (a - b);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Create(2) * (a - b) * dy;

    public double BackwardA(double a, double b, double dy) => 2 * (a - b) * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Create(-2) * (a - b) * dy;

    public double BackwardB(double a, double b, double dy) => -2 * (a - b) * dy;
}
