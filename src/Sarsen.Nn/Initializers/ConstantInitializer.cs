using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>Every element is <paramref name="Value"/>.</summary>
/// <param name="Value">The element; 0 by default.</param>
public sealed record ConstantInitializer(double Value = 0) : Initializer
{
    private protected override void Fill(Span<float> values, Shape shape, Rng rng) => values.Fill((float)Value);

    private protected override void Fill(Span<double> values, Shape shape, Rng rng) => values.Fill(Value);
}
