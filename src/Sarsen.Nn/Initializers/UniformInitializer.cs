using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Uniform in [<paramref name="Low"/>, <paramref name="High"/>).</summary>
/// <param name="Low">The lower bound.</param>
/// <param name="High">The upper bound, never reached.</param>
public sealed record UniformInitializer(double Low = 0, double High = 1) : Initializer
{
    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => Uniform(values, rng, Low, High);

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => Uniform(values, rng, Low, High);
}
