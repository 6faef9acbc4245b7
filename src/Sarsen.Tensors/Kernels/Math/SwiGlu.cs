using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = a σ(a) · b, da = σ(a) (1 + a (1 - σ(a))) b · dy, db = a σ(a) · dy: the gate of a feed-forward layer.
/// Source: Shazeer, «GLU variants improve transformer», 2020.
/// </summary>
public readonly struct SwiGlu : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => default(Silu).Apply(a) * b;

    public double Apply(double a, double b) => default(Silu).Apply(a) * b;

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => default(Silu).Backward(a, a, b * dy);

    public double BackwardA(double a, double b, double dy) => default(Silu).Backward(a, a, b * dy);

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => default(Silu).Apply(a) * dy;

    public double BackwardB(double a, double b, double dy) => default(Silu).Apply(a) * dy;
}
