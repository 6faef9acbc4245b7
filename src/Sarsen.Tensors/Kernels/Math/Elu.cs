using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x where x &gt; 0, else α (eˣ - 1); dx = dy, or (y + α) · dy. PyTorch's default α is 1.
/// Source: Clevert, Unterthiner, Hochreiter, ICLR 2016.
/// </summary>
public readonly struct Elu(double alpha) : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), x, V.Create((float)alpha) * Expm1.Of(Lanes.AtMost(x, 0)));

    public double Apply(double x) => x > 0 ? x : alpha * Wide.Expm1(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), dy, dy * (y + V.Create((float)alpha)));

    public double Backward(double x, double y, double dy) => x > 0 ? dy : dy * (y + alpha);
}
