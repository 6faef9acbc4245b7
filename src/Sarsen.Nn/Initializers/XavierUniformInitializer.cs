using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Uniform in [-a, a), a = gain √(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).</summary>
/// <param name="Gain">1 for linear, 5/3 for tanh, √2 for relu.</param>
public sealed record XavierUniformInitializer(double Gain = 1) : Initializer
{
    private double Bound(Shape shape)
    {
        (long fanIn, long fanOut) = Initialisers.Fans(shape);
        return Initialisers.XavierUniform(fanIn, fanOut, Gain);
    }

    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => Uniform(values, rng, -Bound(shape), Bound(shape));

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => Uniform(values, rng, -Bound(shape), Bound(shape));
}
