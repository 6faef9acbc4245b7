using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>factor · a + b with one rounding, y ← αx + y being that with b as the destination; da = factor · dy, db = dy.</summary>
public readonly struct Axpy(float factor) : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => V.Fma(V.Create(factor), a, b);

    public double Apply(double a, double b) => factor * a + b;

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Create(factor) * dy;

    public double BackwardA(double a, double b, double dy) => factor * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => dy;

    public double BackwardB(double a, double b, double dy) => dy;
}
