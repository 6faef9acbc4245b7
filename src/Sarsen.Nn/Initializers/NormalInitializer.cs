using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Normal with <paramref name="Mean"/> and standard deviation <paramref name="Deviation"/>.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation, zero or more.</param>
public sealed record NormalInitializer(double Mean = 0, double Deviation = 1) : Initializer
{
    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => Normal(values, rng, Mean, Deviation);

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => Normal(values, rng, Mean, Deviation);
}
