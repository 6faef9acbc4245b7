using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|), dx = sigmoid(x) · dy, within 3 ULP. PyTorch's default (beta 1); its threshold
/// of 20 changes nothing in f32.
/// </summary>
public readonly struct Softplus : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 8;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V zero = V.Create(0);
        V positive = V.Select(V.Less(x, zero), zero, x);
        return positive + Log1p.Of(Exp.Of(Lanes.Negate(Lanes.Abs(x))));
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Math.Max(x, 0) + Wide.Log1p(Math.Exp(-Math.Abs(x)));

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * Sigmoid.Of(x);

    public double Backward(double x, double y, double dy) => dy * Wide.Sigmoid(x);
}
