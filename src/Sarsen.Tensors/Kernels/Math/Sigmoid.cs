using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = 1 / (1 + e⁻ˣ), dx = y (1 - y) · dy, within 2.5 ULP, denormal results included: e^-|x| never overflows.
/// </summary>
public readonly struct Sigmoid : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => true;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V one = V.Create(1), z = Exp.OfAtMost89(Lanes.Negate(Lanes.Abs(x)));
        return V.Select(V.Less(x, V.Create(0)), z, one) / (one + z);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Wide.Sigmoid(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * (y * (V.Create(1) - y));

    public double Backward(double x, double y, double dy) => dy * y * (1 - y);
}
