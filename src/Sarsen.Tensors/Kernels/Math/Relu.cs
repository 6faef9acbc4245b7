using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = max(x, 0), dx = dy where y &gt; 0, else 0; NaN stays NaN, as in PyTorch.
/// </summary>
public readonly struct Relu : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Less(x, V.Create(0)), V.Create(0), x);

    public double Apply(double x) => x < 0 ? 0 : x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.LessOrEqual(y, V.Create(0)), V.Create(0), dy);

    public double Backward(double x, double y, double dy) => y <= 0 ? 0 : dy;
}
