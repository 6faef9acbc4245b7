using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = |x|, dx = sign(x) · dy: 0 at 0 as in PyTorch, NaN at NaN.
/// </summary>
public readonly struct Abs : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.Abs(x);

    public double Apply(double x) => Math.Abs(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V>
    {
        // The sign of a NaN means nothing, so it must not reach dy.
        V signed = V.Select(V.Equal(x, x), dy ^ (x & V.FromBits(int.MinValue)), x);
        return V.Select(V.Equal(x, V.Create(0)), V.Create(0), signed);
    }

    public double Backward(double x, double y, double dy) => x > 0 ? dy : x < 0 ? -dy : x;
}
