using Sarsen.Formats;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders.Architectures;

/// <summary>How a GGUF tells that rotary embedding is stretched: by keys, or, for Llama 3's way, by a tensor of divisors.</summary>
internal static class GgufRope
{
    private const string Divisors = "rope_freqs.weight";

    /// <exception cref="ModelFormatException">It is stretched in a way that is not supported.</exception>
    public static RopeScaling Scaling(GgufFile file, string prefix, int headDim)
    {
        if (file.Contains(Divisors))
            return FromDivisors(file, file.Metadata.Number(prefix + "rope.freq_base", 10000), headDim);
        string kind = file.Metadata.Text(prefix + "rope.scaling.type", "none");
        return kind switch
        {
            "none" => default,
            "linear" => new RopeScaling(RopeScalingKind.Linear, file.Metadata.Number(prefix + "rope.scaling.factor")),
            _ => throw new ModelFormatException(file.Path, 0, $"'{prefix}rope.scaling.type' is '{kind}', which is not supported: none or linear, or Llama 3's divisors as '{Divisors}'"),
        };
    }

    // What Llama 3.1 and later are made with; the divisors tell the factor, and whether the rest is so.
    private static RopeScaling FromDivisors(GgufFile file, double theta, int headDim)
    {
        int pairs = headDim / 2;
        if (pairs < 1 || file.ShapeOf(Divisors) != new Shape(pairs))
            throw new ModelFormatException(file.Path, 0, $"'{Divisors}' has the shape {file.ShapeOf(Divisors)}: {pairs} divisors, one for each pair of a head's elements, are expected");
        float[] divisors = new float[pairs];
        file.ReadRows(Divisors, 0, divisors.Length, divisors);
        var scaling = new RopeScaling(RopeScalingKind.Llama3, divisors.Max(), LowFreqFactor: 1, HighFreqFactor: 4, OriginalMaxPositionEmbeddings: 8192);
        for (int i = 0; i < divisors.Length; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / headDim), expected = frequency / scaling.Apply(frequency);
            if (!(Math.Abs(divisors[i] - expected) <= 1e-4 * expected))
                throw new ModelFormatException(file.Path, 0, $"'{Divisors}' divides pair {i} by {divisors[i]}, Llama 3's formula for the factor {scaling.Factor} by {expected:G6}: these divisors are not supported");
        }
        return scaling;
    }
}
