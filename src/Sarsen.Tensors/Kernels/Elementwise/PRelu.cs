using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = a where a &gt; 0, else b a, b the learned slope; da = dy or b dy, db = 0 or a dy. Source: He et al., ICCV 2015.
/// </summary>
public readonly struct PRelu : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), a), a, b * a);

    public double Apply(double a, double b) => a > 0 ? a : b * a;

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), a), dy, b * dy);

    public double BackwardA(double a, double b, double dy) => a > 0 ? dy : b * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), a), V.Create(0), a * dy);

    public double BackwardB(double a, double b, double dy) => a > 0 ? 0 : a * dy;
}
