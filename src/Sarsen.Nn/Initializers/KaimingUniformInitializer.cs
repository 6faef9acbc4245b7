using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Uniform in [-a, a), a = gain √(3 / fan) (He et al., 2015).</summary>
/// <param name="Gain">√2 for relu; √(2 / (1 + a²)) for leaky relu of slope a.</param>
/// <param name="FanOut">Take the fan out instead of the fan in: keeps the size of gradients instead of activations.</param>
public sealed record KaimingUniformInitializer(double Gain = 1.4142135623730951, bool FanOut = false) : Initializer
{
    private double Bound(Shape shape)
    {
        (long fanIn, long fanOut) = Initialisers.Fans(shape);
        return Initialisers.KaimingUniform(FanOut ? fanOut : fanIn, Gain);
    }

    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => Uniform(values, rng, -Bound(shape), Bound(shape));

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => Uniform(values, rng, -Bound(shape), Bound(shape));
}
