using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x where x &gt; 0, else slope · x; dx = dy or slope · dy. PyTorch's default slope is 0.01.
/// </summary>
public readonly struct LeakyRelu(double slope) : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), x, V.Create((float)slope) * x);

    public double Apply(double x) => x > 0 ? x : slope * x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.Less(V.Create(0), x), dy, V.Create((float)slope) * dy);

    public double Backward(double x, double y, double dy) => x > 0 ? dy : slope * dy;
}
