using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Binary cross-entropy of a logit a and a target b in [0, 1], as torch.nn.BCEWithLogitsLoss with one weight q for positives:
/// (1 - b) a + (1 + (q - 1) b) softplus(-a); da = ((1 - b) - (1 + (q - 1) b) σ(-a)) dy. A weight of the element is a product
/// with the result.
/// </summary>
public readonly struct BinaryCrossEntropy(double positiveWeight) : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V> => V.Fma(V.Create(1) - b, a, Positives(b) * Softplus.Of(Lanes.Negate(a)));

    [MethodImpl(Inline)]
    private V Positives<V>(V b) where V : struct, IVector<V> => V.Fma(V.Create((float)positiveWeight - 1), b, V.Create(1));

    public double Apply(double a, double b) => (1 - b) * a + (1 + (positiveWeight - 1) * b) * default(Softplus).Apply(-a);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => (V.Create(1) - b - Positives(b) * Sigmoid.Of(Lanes.Negate(a))) * dy;

    public double BackwardA(double a, double b, double dy) => (1 - b - (1 + (positiveWeight - 1) * b) * Wide.Sigmoid(-a)) * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => V.Fma(V.Create((float)positiveWeight - 1), Softplus.Of(Lanes.Negate(a)), Lanes.Negate(a)) * dy;

    public double BackwardB(double a, double b, double dy) => ((positiveWeight - 1) * default(Softplus).Apply(-a) - a) * dy;
}
