namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The focal loss of a logit a and a target b in [0, 1]: w c q^γ, c the binary cross-entropy, q = p (1 - b) + (1 - p) b the
/// probability of being wrong, p = σ(a), and w = α b + (1 - α)(1 - b), or 1 where α is negative; torchvision's
/// sigmoid_focal_loss. da = w ((p - b) q^γ + γ c q^(γ-1) (1 - 2b) p (1 - p)) dy. Source: Lin et al., ICCV 2017.
/// </summary>
public readonly struct BinaryFocal(double alpha, double gamma) : IBinaryOp
{
    private V Wrong<V>(V p, V notP, V b) where V : struct, IVector<V> => V.Fma(p, V.Create(1) - b, notP * b);

    private double Wrong(double p, double notP, double b) => p * (1 - b) + notP * b;

    private V Weight<V>(V b) where V : struct, IVector<V> =>
        alpha < 0 ? V.Create(1) : V.Fma(V.Create((float)(2 * alpha - 1)), b, V.Create((float)(1 - alpha)));

    private double Weight(double b) => alpha < 0 ? 1 : (2 * alpha - 1) * b + 1 - alpha;

    public V Apply<V>(V a, V b) where V : struct, IVector<V> =>
        Weight(b) * new BinaryCrossEntropy(1).Apply(a, b) * Power.Of(Wrong(Sigmoid.Of(a), Sigmoid.Of(Lanes.Negate(a)), b), V.Create((float)gamma));

    public double Apply(double a, double b) =>
        Weight(b) * new BinaryCrossEntropy(1).Apply(a, b) * Math.Pow(Wrong(Wide.Sigmoid(a), Wide.Sigmoid(-a), b), gamma);

    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V>
    {
        V p = Sigmoid.Of(a), notP = Sigmoid.Of(Lanes.Negate(a)), q = Wrong(p, notP, b), c = new BinaryCrossEntropy(1).Apply(a, b);
        V straight = (p * (V.Create(1) - b) - notP * b) * Power.Of(q, V.Create((float)gamma));
        if (gamma == 0)
            return Weight(b) * straight * dy;
        V focus = V.Create((float)gamma) * c * Power.Of(q, V.Create((float)gamma - 1)) * V.Fma(V.Create(-2), b, V.Create(1)) * p * notP;
        return Weight(b) * (straight + focus) * dy;
    }

    public double BackwardA(double a, double b, double dy)
    {
        double p = Wide.Sigmoid(a), notP = Wide.Sigmoid(-a), q = Wrong(p, notP, b), c = new BinaryCrossEntropy(1).Apply(a, b);
        double focus = gamma == 0 ? 0 : gamma * c * Math.Pow(q, gamma - 1) * (1 - 2 * b) * p * notP;
        return Weight(b) * ((p * (1 - b) - notP * b) * Math.Pow(q, gamma) + focus) * dy;
    }

    /// <summary>The gradient of the target: w (-a q^γ + γ c q^(γ-1) (1 - 2p)) + w' c q^γ, times dy.</summary>
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V>
    {
        V p = Sigmoid.Of(a), notP = Sigmoid.Of(Lanes.Negate(a)), q = Wrong(p, notP, b), c = new BinaryCrossEntropy(1).Apply(a, b);
        V power = Power.Of(q, V.Create((float)gamma)), slope = alpha < 0 ? V.Create(0) : V.Create((float)(2 * alpha - 1));
        V focus = gamma == 0 ? V.Create(0) : V.Create((float)gamma) * c * Power.Of(q, V.Create((float)gamma - 1)) * (notP - p);
        return (Weight(b) * (focus - a * power) + slope * c * power) * dy;
    }

    public double BackwardB(double a, double b, double dy)
    {
        double p = Wide.Sigmoid(a), notP = Wide.Sigmoid(-a), q = Wrong(p, notP, b), c = new BinaryCrossEntropy(1).Apply(a, b), power = Math.Pow(q, gamma);
        double focus = gamma == 0 ? 0 : gamma * c * Math.Pow(q, gamma - 1) * (notP - p);
        return (Weight(b) * (focus - a * power) + (alpha < 0 ? 0 : 2 * alpha - 1) * c * power) * dy;
    }
}
