using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = ln σ(x) = -ln(1 + e⁻ˣ), dx = σ(-x) · dy, within 3 ULP; see <see cref="Softplus"/>.
/// </summary>
public readonly struct LogSigmoid : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 8;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.Negate(Softplus.Of(Lanes.Negate(x)));

    public double Apply(double x) => -default(Softplus).Apply(-x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * Sigmoid.Of(Lanes.Negate(x));

    public double Backward(double x, double y, double dy) => dy * Wide.Sigmoid(-x);
}
