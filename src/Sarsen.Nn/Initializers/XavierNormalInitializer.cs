using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Normal with mean 0 and σ = gain √(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).</summary>
/// <param name="Gain">1 for linear, 5/3 for tanh, √2 for relu.</param>
public sealed record XavierNormalInitializer(double Gain = 1) : Initializer
{
    private double Bound(Shape shape)
    {
        (long fanIn, long fanOut) = Initialisers.Fans(shape);
        return Initialisers.XavierNormal(fanIn, fanOut, Gain);
    }

    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => Normal(values, rng, 0, Bound(shape));

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => Normal(values, rng, 0, Bound(shape));
}
