using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = min(max(x, low), high), dx = dy where low &lt; x &lt; high, else 0; PyTorch's, and with 0 and 6 its ReLU6.</summary>
public readonly struct Hardtanh(double low, double high) : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.AtMost(Lanes.AtLeast(x, (float)low), (float)high);

    public double Apply(double x) => x < low ? low : x > high ? high : x;

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> =>
        dy & V.Less(V.Create((float)low), x) & V.Less(x, V.Create((float)high));

    public double Backward(double x, double y, double dy) => x > low && x < high ? dy : 0;
}
