using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn;

/// <summary>Normal, drawn again while outside [<paramref name="Low"/>, <paramref name="High"/>].</summary>
/// <param name="Mean">The mean before truncation.</param>
/// <param name="Deviation">The standard deviation before truncation, above zero.</param>
/// <param name="Low">The smallest value, as a value and not in deviations: PyTorch's a.</param>
/// <param name="High">The largest value: PyTorch's b.</param>
public sealed record TruncatedNormalInitializer(double Mean = 0, double Deviation = 1, double Low = -2, double High = 2) : Initializer
{
    private protected override unsafe void Fill(Span<float> values, Shape shape, Rng rng)
    {
        fixed (float* to = values)
            rng.TruncatedNormal(Workers.Serial, to, values.Length, Mean, Deviation, Low, High);
    }

    private protected override unsafe void Fill(Span<double> values, Shape shape, Rng rng)
    {
        fixed (double* to = values)
            rng.TruncatedNormal(Workers.Serial, to, values.Length, Mean, Deviation, Low, High);
    }
}
