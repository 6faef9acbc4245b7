using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A term of the Kullback-Leibler divergence, a log-probability a of the model and a target b: b (ln b - a), 0 at b = 0; or
/// with a logarithm as the target e^b (b - a). da = -b dy or -e^b dy, db = (ln b + 1 - a) dy or e^b (b - a + 1) dy. As torch.nn.KLDivLoss.
/// </summary>
public readonly struct KlDivergence(bool logTarget) : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => logTarget
        ? Exp.Of(b) * (b - a)
        : V.Select(V.Equal(b, V.Create(0)), V.Create(0), b * (Log.Of(b) - a));

    public double Apply(double a, double b) => logTarget ? Math.Exp(b) * (b - a) : b == 0 ? 0 : b * (Math.Log(b) - a);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => Lanes.Negate((logTarget ? Exp.Of(b) : b) * dy);

    public double BackwardA(double a, double b, double dy) => -(logTarget ? Math.Exp(b) : b) * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => logTarget
        ? Exp.Of(b) * (b - a + V.Create(1)) * dy
        : V.Select(V.Equal(b, V.Create(0)), V.Create(0), (Log.Of(b) + V.Create(1) - a) * dy);

    public double BackwardB(double a, double b, double dy) => logTarget ? Math.Exp(b) * (b - a + 1) * dy : b == 0 ? 0 : (Math.Log(b) + 1 - a) * dy;
}
