using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = max(a, b), NaN where either is; the gradient goes to the greater, half each where equal, as in PyTorch.</summary>
public readonly struct Maximum : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => Lanes.Max(a, b);

    public double Apply(double a, double b) => Math.Max(a, b);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Select(V.Less(b, a), dy, V.Select(V.Equal(a, b), V.Create(0.5f) * dy, V.Create(0)));

    public double BackwardA(double a, double b, double dy) => a > b ? dy : a == b ? dy / 2 : 0;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Select(V.Less(a, b), dy, V.Select(V.Equal(a, b), V.Create(0.5f) * dy, V.Create(0)));

    public double BackwardB(double a, double b, double dy) => b > a ? dy : a == b ? dy / 2 : 0;
}
